import { describeTextField } from '@flowsync/testkit/bindings'
import { vueFieldHarness } from './tests/field-harness.js'

describeTextField(vueFieldHarness)
