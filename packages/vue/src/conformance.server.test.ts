import { describeBindingOnServer } from '@flowsync/testkit/bindings'
import { vueHarness } from './tests/harness.js'

describeBindingOnServer(vueHarness)
