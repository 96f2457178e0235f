export { clientStorageCases, type ClientStorageCase } from './client-storage/client-storage-cases.js'
export { logDriverCases } from './storage/log-driver-cases.js'
export type { LogDriverCase, LogStore } from './storage/log-driver-store.js'
