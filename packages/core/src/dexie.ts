export { dexieStorage, type DexieOptions } from './storage/dexie.js'
