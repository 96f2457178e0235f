import { createError } from '@flowsync/protocol'
import type { ClientStorage } from './driver.js'

/**
 * IndexedDB by Dexie, which is loaded when the storage is first used: a bundle carries it as a chunk of its own, and a page that
 * never opens a client never loads it.
 */
export function browserStorage(): ClientStorage {
  const load = async (): Promise<ClientStorage> => {
    try {
      const { dexieStorage } = await import('./dexie.js')
      return dexieStorage()
    } catch (cause) {
      // Offline on the first visit, or a deploy has replaced the file: the journal tries again.
      throw createError('storage/unavailable', 'The code of the local database could not be loaded.', {
        cause,
      })
    }
  }
  return {
    kind: 'indexeddb',
    isPersistent: true,
    open: async (scope, onWiped) => (await load()).open(scope, onWiped),
    wipe: async (scope) => (await load()).wipe(scope),
  }
}
