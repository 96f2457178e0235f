import assert from 'node:assert/strict'
import { op } from '../storage/log-driver-store.js'
import {
  commit,
  countersOf,
  entry,
  load,
  me,
  seqsOf,
  sequenced,
  write,
  type Check,
} from './client-storage-world.js'

/** What is erased of a user, and what is not. */
export const wipeCases: Readonly<Record<string, Check>> = {
  'wipes all of one user in one workspace, and nothing else': async (open, storage) => {
    const scopes = [
      ['alice', 'acme'],
      ['bob', 'acme'],
      ['alice', 'other'],
    ] as const
    for (const [subject, workspace] of scopes) {
      const handle = await open(subject, workspace)
      await commit(handle, {
        streams: [write({ replace: true, tail: sequenced(1, 3) })],
        add: [entry(1, [op(me, 1)])],
      })
      await handle.close()
    }
    await storage.wipe({ subject: 'alice', workspace: 'acme' })
    const left: unknown[] = []
    for (const [subject, workspace] of scopes) {
      const handle = await open(subject, workspace)
      left.push([(await load(handle)).epoch !== '', await seqsOf(handle), (await countersOf(handle)).length])
    }
    assert.deepEqual(left, [
      [false, [], 0],
      [true, [1, 2, 3], 1],
      [true, [1, 2, 3], 1],
    ])
  },

  'wipes what was never stored': async (_open, storage) => {
    await storage.wipe({ subject: 'nobody', workspace: 'default' })
    await storage.wipe({ subject: 'nobody', workspace: 'default' })
  },

  'tells who has it open, and stores nothing through their handles': async (open, storage) => {
    let told = 0
    let others = 0
    const handle = await open('alice', 'default', () => told++)
    await open('bob', 'default', () => others++)
    const closed = await open('alice', 'default', () => others++)
    await closed.close()
    await commit(handle, { streams: [write({ replace: true, tail: sequenced(1, 3) })] })
    await storage.wipe({ subject: 'alice', workspace: 'default' })
    assert.deepEqual([told, others], [1, 0])
    for (const work of [
      () => commit(handle, { streams: [write({ replace: true })], add: [entry(1, [op(me, 1)])] }),
      () => load(handle),
      () => handle.owners(),
    ]) {
      await assert.rejects(work, { code: 'storage/wiped' })
    }
    assert.equal((await load(await open())).epoch, '')
  },
}
