export type {
  AppendBatch,
  AppendOutcome,
  LogDriver,
  LogSlice,
  ReadRange,
  Snapshot,
  StreamCreation,
  StreamHead,
  StreamKey,
} from './storage/driver.js'
export { memory, type MemoryOptions } from './storage/memory.js'
export { MemoryDisk } from './storage/memory-disk.js'
export { sqlite, type SqliteOptions } from './storage/sqlite/sqlite.js'
