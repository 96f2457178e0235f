import type { ReplicaId } from '@flowsync/crdt'
import { clientStorageCases } from '@flowsync/testkit'
import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { codeOf } from '../tests/world.js'
import { dexieStorage } from './dexie.js'
import type { StorageTransaction } from './driver.js'

const scope = { workspace: 'default', subject: 'alice' }
const replica = '1'.repeat(32) as ReplicaId
const EMPTY: StorageTransaction = { streams: [], remove: [], add: [] }

function create(indexedDB: IDBFactory = new IDBFactory()) {
  return dexieStorage({ indexedDB, IDBKeyRange })
}

function transaction(body: Uint8Array): StorageTransaction {
  const op = { replica, counter: 1, count: 1, base: 0, extra: [], body }
  return { ...EMPTY, add: [{ stream: 'doc:a', owner: replica, order: 1, ops: [op] }] }
}

describe('dexie storage', () => {
  for (const { name, check } of clientStorageCases(() => create())) it(name, check)

  it('asks for strict durability in every write', async () => {
    const asked = vi.spyOn(IDBDatabase.prototype, 'transaction')
    const handle = await create().open(scope)
    await handle.commit(transaction(Uint8Array.of(1)))
    const writes = asked.mock.calls.filter(([, mode]) => mode === 'readwrite')
    asked.mockRestore()
    expect(writes.map(([, , options]) => options)).toEqual([{ durability: 'strict' }])
  })

  it('stores plain data, whatever a framework wrapped around it', async () => {
    const handle = await create().open(scope)
    const deep = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(inner, key) {
          const value: unknown = Reflect.get(inner, key)
          if (typeof value === 'function')
            return (...args: unknown[]): unknown => Reflect.apply(value, inner, args)
          return value instanceof Uint8Array || typeof value !== 'object' || value === null
            ? value
            : deep(value)
        },
      })
    await handle.commit(deep(transaction(Uint8Array.of(1, 2))))
    expect((await handle.load(['doc:a']))[0]?.outbox[0]?.ops[0]?.body).toEqual(Uint8Array.of(1, 2))
  })

  it('lets go when another tab upgrades the database, and can be opened again', async () => {
    const indexedDB = new IDBFactory()
    const storage = create(indexedDB)
    const handle = await storage.open(scope)
    const committing = handle.commit(transaction(Uint8Array.of(1)))
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open('flowsync/default/alice', 1_000)
      request.onsuccess = () => resolve(request.result.close())
      request.onerror = () => reject(new Error('blocked'))
    })
    await committing
    expect(await codeOf(handle.commit(transaction(Uint8Array.of(2))))).toBe('storage/unavailable')
    const again = await storage.open(scope)
    expect((await again.load(['doc:a']))[0]?.outbox[0]?.ops[0]?.body).toEqual(Uint8Array.of(1))
  })

  it('stores nothing through a handle of what another tab deleted, and opens it anew', async () => {
    const indexedDB = new IDBFactory()
    const storage = create(indexedDB)
    const handle = await storage.open(scope)
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase('flowsync/default/alice').onsuccess = () => resolve()
    })
    expect(await codeOf(handle.load(['doc:a']))).toBe('storage/wiped')
    const again = await storage.open(scope)
    expect((await again.load(['doc:a']))[0]?.epoch).toBe('')
  })

  it('says when it waits for an older tab', async () => {
    const indexedDB = new IDBFactory()
    const older = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('flowsync/default/alice', 1)
      request.onsuccess = () => resolve(request.result)
    })
    expect(await codeOf(create(indexedDB).open(scope))).toBe('storage/blocked')
    older.close()
  })

  it('says when there is no IndexedDB', async () => {
    const missing = undefined as unknown as IDBFactory
    expect(await codeOf(dexieStorage({ indexedDB: missing, IDBKeyRange }).open(scope))).toBe(
      'storage/unavailable',
    )
  })

  it('says when the quota is used up', async () => {
    const indexedDB = new IDBFactory()
    const handle = await create(indexedDB).open(scope)
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    const code = await codeOf(handle.commit(transaction(Uint8Array.of(1))))
    put.mockRestore()
    expect(code).toBe('storage/quota')
    expect((await handle.load(['doc:a']))[0]?.outbox).toEqual([])
  })

  it('says when what it reads is damaged', async () => {
    const indexedDB = new IDBFactory()
    const handle = await create(indexedDB).open(scope)
    await handle.commit(transaction(Uint8Array.of(1)))
    await new Promise<void>((resolve) => {
      const request = indexedDB.open('flowsync/default/alice')
      request.onsuccess = () => {
        const database = request.result
        const rows = database.transaction('outbox', 'readwrite').objectStore('outbox')
        const row = { stream: 'doc:a', replica, first: 1, last: 1, owner: replica, order: 1, minBase: 0 }
        rows.put({ ...row, ops: Uint8Array.of(255, 255) }).onsuccess = () => {
          database.close()
          resolve()
        }
      }
    })
    expect(await codeOf(handle.load(['doc:a']))).toBe('storage/corrupt')
  })
})
