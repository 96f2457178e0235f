import { describeTextField } from '@flowsync/testkit/bindings'
import { reactFieldHarness } from './tests/field-harness.js'

describeTextField(reactFieldHarness)
