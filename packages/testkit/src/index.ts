export { logDriverCases } from './storage/log-driver-cases.js'
export type { LogDriverCase, LogStore } from './storage/log-driver-store.js'
