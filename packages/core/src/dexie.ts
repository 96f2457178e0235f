export { dexie, type DexieOptions } from './storage/dexie.js'
