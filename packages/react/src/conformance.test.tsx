import { describeBinding } from '@flowsync/testkit/bindings'
import { reactHarness } from './tests/harness.js'

describeBinding(reactHarness)
