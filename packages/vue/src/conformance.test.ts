import { describeBinding } from '@flowsync/testkit/bindings'
import { vueHarness } from './tests/harness.js'

describeBinding(vueHarness)
