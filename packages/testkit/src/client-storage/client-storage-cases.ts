import assert from 'node:assert/strict'
import type {
  ClientStorage,
  OutboxEntry,
  StorageHandle,
  StorageTransaction,
  StoredStream,
  StreamWrite,
} from '@flowsync/core'
import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { op, replica } from '../storage/log-driver-store.js'

/** One behaviour that every client storage must show. */
export interface ClientStorageCase {
  readonly name: string
  /** Rejects when the storage does not. */
  check(): Promise<void>
}

/** Opens the storage under test for a user; every handle is a tab. */
type Open = (subject?: string, workspace?: string) => Promise<StorageHandle>

const [a, b, me, other] = [replica(1), replica(2), replica(11), replica(12)]
const EPOCH = '00000000000000e1'
const NEXT_EPOCH = '00000000000000e2'

function sequenced(from: number, through: number, author = a): SequencedOp[] {
  return Array.from({ length: through - from + 1 }, (_, index) => ({
    ...op(author, from + index),
    seq: from + index,
  }))
}

function write(change: Partial<StreamWrite>): StreamWrite {
  return { stream: 'doc:a', epoch: EPOCH, replace: false, tail: [], ...change }
}

function entry(order: number, ops: readonly Op[], owner = me, stream = 'doc:a'): OutboxEntry {
  return { stream, owner, order, ops }
}

function commit(handle: StorageHandle, change: Partial<StorageTransaction>): Promise<void> {
  return handle.commit({ streams: [], remove: [], add: [], ...change })
}

async function load(handle: StorageHandle, stream = 'doc:a'): Promise<StoredStream> {
  const [stored] = await handle.load([stream])
  assert.ok(stored)
  return stored
}

async function seqsOf(handle: StorageHandle): Promise<number[]> {
  return (await load(handle)).tail.map(({ seq }) => seq)
}

async function countersOf(handle: StorageHandle, stream?: string): Promise<[ReplicaId, number][]> {
  return (await load(handle, stream)).outbox.flatMap(({ ops }) =>
    ops.map(({ replica: author, counter }): [ReplicaId, number] => [author, counter]),
  )
}

const state = Uint8Array.of(9, 8, 7)

const cases: Readonly<Record<string, (open: Open) => Promise<void>>> = {
  'knows nothing of a stream that was never stored': async (open) => {
    const { epoch, checkpoint, tail, outbox } = await load(await open())
    assert.deepEqual([epoch, checkpoint, tail, outbox], ['', undefined, [], []])
  },

  'answers in the order asked': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ stream: 'doc:b', replace: true })] })
    const stored = await handle.load(['doc:c', 'doc:b', 'doc:a'])
    assert.deepEqual(
      stored.map(({ stream, epoch }) => [stream, epoch]),
      [
        ['doc:c', ''],
        ['doc:b', EPOCH],
        ['doc:a', ''],
      ],
    )
  },

  'gives back what was stored, after closing too': async (open) => {
    const handle = await open()
    const tail = [
      { ...op(a, 5, 3, { count: 4, extra: [{ replica: b, counter: 7 }] }), seq: 11 },
      { ...op(b, 1, 11, { body: new Uint8Array(0) }), seq: 12 },
    ]
    const ops = [op(me, 1, 12), op(me, 2, 12, { count: 3, extra: [{ replica: b, counter: 1 }] })]
    await commit(handle, {
      streams: [write({ replace: true, checkpoint: { seq: 10, state }, tail })],
      add: [entry(1, ops)],
    })
    await handle.close()
    const stored = await load(await open())
    assert.deepEqual(stored.epoch, EPOCH)
    assert.deepEqual(stored.checkpoint, { seq: 10, state })
    assert.deepEqual(stored.tail, tail)
    assert.deepEqual(stored.outbox, [entry(1, ops)])
  },

  'appends to the tail, and takes a seq twice': async (open) => {
    const [one, two] = [await open(), await open()]
    await commit(one, { streams: [write({ replace: true, tail: sequenced(1, 3) })] })
    await commit(one, { streams: [write({ tail: sequenced(4, 6) })] })
    await commit(two, { streams: [write({ tail: sequenced(4, 5) })] })
    await commit(two, { streams: [write({ tail: sequenced(5, 8) })] })
    assert.deepEqual(await seqsOf(one), [1, 2, 3, 4, 5, 6, 7, 8])
  },

  'leaves out what lies behind a gap, until the gap is closed': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ replace: true, tail: sequenced(1, 2) })] })
    await commit(handle, { streams: [write({ tail: sequenced(5, 6) })] })
    assert.deepEqual(await seqsOf(handle), [1, 2])
    await commit(handle, { streams: [write({ tail: sequenced(3, 4) })] })
    assert.deepEqual(await seqsOf(handle), [1, 2, 3, 4, 5, 6])
  },

  'ignores a tail or a checkpoint of another epoch': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ tail: sequenced(1, 2) })] })
    assert.equal((await load(handle)).epoch, '')
    await commit(handle, { streams: [write({ replace: true, epoch: NEXT_EPOCH, tail: sequenced(1, 2) })] })
    await commit(handle, { streams: [write({ tail: sequenced(3, 4), checkpoint: { seq: 4, state } })] })
    const { epoch, checkpoint } = await load(handle)
    assert.deepEqual([epoch, checkpoint], [NEXT_EPOCH, undefined])
    assert.deepEqual(await seqsOf(handle), [1, 2])
  },

  'trims the tail up to a checkpoint': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ replace: true, tail: sequenced(1, 1_200) })] })
    await commit(handle, {
      streams: [write({ tail: sequenced(1_201, 1_300), checkpoint: { seq: 1_150, state } })],
    })
    const { checkpoint, tail } = await load(handle)
    assert.deepEqual(checkpoint, { seq: 1_150, state })
    assert.deepEqual([tail[0]?.seq, tail.at(-1)?.seq, tail.length], [1_151, 1_300, 150])
  },

  'ignores a checkpoint that is older than the stored one': async (open) => {
    const handle = await open()
    const streams = [write({ replace: true, checkpoint: { seq: 5, state }, tail: sequenced(6, 9) })]
    await commit(handle, { streams })
    await commit(handle, { streams: [write({ checkpoint: { seq: 4, state: Uint8Array.of(1) } })] })
    await commit(handle, { streams: [write({ checkpoint: { seq: 5, state: Uint8Array.of(1) } })] })
    assert.deepEqual((await load(handle)).checkpoint, { seq: 5, state })
  },

  'ignores a checkpoint that an op of the outbox could not be folded on': async (open) => {
    const handle = await open()
    await commit(handle, {
      streams: [write({ replace: true, tail: sequenced(1, 6) })],
      add: [entry(1, [op(me, 1, 6), op(me, 2, 3)])],
    })
    await commit(handle, { streams: [write({ checkpoint: { seq: 4, state } })] })
    assert.equal((await load(handle)).checkpoint, undefined)
    await commit(handle, { streams: [write({ checkpoint: { seq: 3, state } })] })
    assert.equal((await load(handle)).checkpoint?.seq, 3)
    await commit(handle, {
      remove: [{ stream: 'doc:a', replica: me, through: 2 }],
      streams: [write({ checkpoint: { seq: 6, state } })],
    })
    assert.equal((await load(handle)).checkpoint?.seq, 6)
  },

  'replaces a stream whatever was there, but never its outbox': async (open) => {
    const handle = await open()
    await commit(handle, {
      streams: [write({ replace: true, checkpoint: { seq: 50, state }, tail: sequenced(51, 60) })],
      add: [entry(1, [op(me, 1, 60)])],
    })
    const older = { seq: 20, state: Uint8Array.of(1) }
    await commit(handle, { streams: [write({ replace: true, checkpoint: older, tail: sequenced(21, 23) })] })
    const { checkpoint, outbox } = await load(handle)
    assert.deepEqual(checkpoint, older)
    assert.deepEqual(await seqsOf(handle), [21, 22, 23])
    assert.equal(outbox.length, 1)
    await commit(handle, { streams: [write({ replace: true, epoch: NEXT_EPOCH })] })
    const last = await load(handle)
    assert.deepEqual([last.epoch, last.checkpoint, last.tail.length], [NEXT_EPOCH, undefined, 0])
  },

  'keeps the outbox in order, per stream': async (open) => {
    const handle = await open()
    await commit(handle, { add: [entry(3, [op(b, 1)], other), entry(1, [op(me, 1), op(me, 2)])] })
    await commit(handle, {
      add: [entry(2, [op(a, 1)]), entry(4, [op(me, 3)]), entry(5, [op(me, 1)], me, 'doc:b')],
    })
    assert.deepEqual(await countersOf(handle), [
      [me, 1],
      [me, 2],
      [a, 1],
      [b, 1],
      [me, 3],
    ])
    assert.deepEqual(await countersOf(handle, 'doc:b'), [[me, 1]])
  },

  'removes ops of one replica up to a counter': async (open) => {
    const handle = await open()
    const many = Array.from({ length: 1_500 }, (_, index) => op(me, index + 1))
    await commit(handle, { add: [entry(1, many), entry(2, [op(b, 1)]), entry(3, [op(me, 1)], me, 'doc:b')] })
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 1_234 }] })
    const left = await countersOf(handle)
    assert.deepEqual([left.length, left[0], left.at(-1)], [267, [me, 1_235], [b, 1]])
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 1_234 }] })
    assert.equal((await countersOf(handle)).length, 267)
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 9_999 }] })
    assert.deepEqual(await countersOf(handle), [[b, 1]])
    assert.deepEqual(await countersOf(handle, 'doc:b'), [[me, 1]])
  },

  'removes before it adds': async (open) => {
    const handle = await open()
    await commit(handle, { add: [entry(1, [op(me, 1), op(me, 2)])] })
    await commit(handle, {
      remove: [{ stream: 'doc:a', replica: me, through: 2 }],
      add: [entry(1, [op(me, 1)]), entry(2, [op(b, 1)])],
    })
    assert.deepEqual(await countersOf(handle), [
      [me, 1],
      [b, 1],
    ])
  },

  'moves the cursor together with what it settles': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ replace: true })], add: [entry(1, [op(me, 1)])] })
    await commit(handle, {
      streams: [write({ tail: [{ ...op(me, 1), seq: 1 }] })],
      remove: [{ stream: 'doc:a', replica: me, through: 1 }],
    })
    const { tail, outbox } = await load(handle)
    assert.deepEqual([tail.length, outbox.length], [1, 0])
  },

  'tells whose ops are in the outbox': async (open) => {
    const handle = await open()
    assert.deepEqual(await handle.owners(), [])
    await commit(handle, {
      add: [
        entry(1, [op(me, 1)]),
        entry(4, [op(me, 2)]),
        entry(2, [op(b, 1)], other),
        entry(3, [op(me, 1)], me, 'doc:b'),
      ],
    })
    const owners = [...(await handle.owners())].sort((x, y) => x.lastOrder - y.lastOrder)
    assert.deepEqual(owners, [
      { owner: other, stream: 'doc:a', lastOrder: 2 },
      { owner: me, stream: 'doc:b', lastOrder: 3 },
      { owner: me, stream: 'doc:a', lastOrder: 4 },
    ])
  },

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
        await run(async (subject = 'alice', workspace = 'default') => {
          const handle = await storage.open({ workspace, subject })
          handles.push(handle)
          return handle
        })
      } finally {
        for (const handle of handles) await handle.close()
      }
    },
  }))
}
