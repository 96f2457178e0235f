import type { ClientStorage, StorageScope } from './driver.js'

/**
 * Hands a database from one client to the next of the same user: it is opened only after the former client has
 * written everything and released its locks. So the next client finds the unsent edits of the former, and may send them.
 */
export class Handover {
  private readonly storage: ClientStorage
  private readonly closing = new Map<string, Promise<unknown>>()

  constructor(storage: ClientStorage) {
    this.storage = storage
  }

  /** The storage for one more client, and what to call with the promise of its `close()`. */
  next(): { readonly storage: ClientStorage; readonly leave: (closed: Promise<void>) => void } {
    const { storage, closing } = this
    let opened: string | undefined
    return {
      storage: {
        kind: storage.kind,
        isPersistent: storage.isPersistent,
        async open(scope, onWiped) {
          opened = keyOf(scope)
          await closing.get(opened)
          return storage.open(scope, onWiped)
        },
        wipe: (scope) => storage.wipe(scope),
      },
      leave(closed) {
        const key = opened
        if (key === undefined) return
        const pending = Promise.all([closing.get(key), closed])
        closing.set(key, pending)
        void pending.then(() => {
          if (closing.get(key) === pending) closing.delete(key)
        })
      },
    }
  }
}

function keyOf({ workspace, subject }: StorageScope): string {
  return JSON.stringify([workspace, subject])
}
