import { describeFields } from './suites/fields.js'
import { describeIdentity } from './suites/identity.js'
import { describeWalk } from './suites/walk.js'

describeFields('vite-vue')
describeIdentity('vite-vue')
describeWalk('vite-vue')
