import { describeBindingOnServer } from '@flowsync/testkit/bindings'
import { reactHarness } from './tests/harness.js'

describeBindingOnServer(reactHarness)
