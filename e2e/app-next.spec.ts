import { describeFields } from './suites/fields.js'
import { describeIdentity } from './suites/identity.js'
import { describeWalk } from './suites/walk.js'
import { test } from './support/app-test.js'

// One application a file: its servers are started once.
test.use({ app: 'next' })

describeFields('next')
describeIdentity('next')
describeWalk('next')
