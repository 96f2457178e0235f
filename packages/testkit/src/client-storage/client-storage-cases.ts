import assert from 'node:assert/strict'
import type { ClientStorage, StorageHandle } from '@flowsync/core'
import { op } from '../storage/log-driver-store.js'
import {
  commit,
  countersOf,
  entry,
  load,
  me,
  other,
  seqsOf,
  sequenced,
  write,
  type Check,
  type Open,
} from './client-storage-world.js'
import { outboxCases } from './outbox-cases.js'
import { tailCases } from './tail-cases.js'
import { wipeCases } from './wipe-cases.js'

/** One behaviour that every client storage must show. */
export interface ClientStorageCase {
  readonly name: string
  /** Rejects when the storage does not. */
  check(): Promise<void>
}

const sharingCases: Readonly<Record<string, Check>> = {
  'keeps users and workspaces apart': async (open) => {
    const alice = await open('alice', 'acme')
    await commit(alice, {
      streams: [write({ replace: true, tail: sequenced(1, 1) })],
      add: [entry(1, [op(me, 1)])],
    })
    for (const [subject, workspace] of [
      ['bob', 'acme'],
      ['alice', 'other'],
      ['alice/acme', 'x'],
      ['', 'acme/alice'],
    ]) {
      const handle = await open(subject, workspace)
      assert.deepEqual([(await load(handle)).epoch, await handle.owners()], ['', []])
    }
  },

  'serves two tabs at once': async (open) => {
    const [one, two] = [await open(), await open()]
    await commit(one, { streams: [write({ replace: true })] })
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const [tab, author] = index % 2 === 0 ? [one, me] : [two, other]
        const add = [entry(index, [op(author, Math.floor(index / 2) + 1)], author)]
        return commit(tab, { add, streams: [write({ tail: sequenced(index + 1, index + 1) })] })
      }),
    )
    assert.equal((await seqsOf(two)).length, 40)
    assert.equal((await countersOf(one)).length, 40)
  },

  'closes twice': async (open) => {
    const handle = await open()
    await handle.close()
    await handle.close()
  },
}

const cases = { ...tailCases, ...outboxCases, ...sharingCases, ...wipeCases }

/**
 * What every `ClientStorage` must do; run all of it against each implementation.
 *
 * ```ts
 * describe('my storage', () => {
 *   for (const { name, check } of clientStorageCases(() => myStorage())) it(name, check)
 * })
 * ```
 * @param createStorage makes an empty storage; called once per case
 */
export function clientStorageCases(createStorage: () => ClientStorage): readonly ClientStorageCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    name,
    check: async () => {
      const storage = createStorage()
      const handles: StorageHandle[] = []
      try {
        const open: Open = async (subject = 'alice', workspace = 'default', onWiped) => {
          const handle = await storage.open({ workspace, subject }, onWiped)
          handles.push(handle)
          return handle
        }
        await run(open, storage)
      } finally {
        for (const handle of handles) await handle.close()
      }
    },
  }))
}
