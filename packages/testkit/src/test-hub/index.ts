export { createTestHub, type TestHub, type TestHubOptions } from './test-hub.js'
