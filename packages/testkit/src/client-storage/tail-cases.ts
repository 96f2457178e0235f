import assert from 'node:assert/strict'
import { op } from '../storage/log-driver-store.js'
import {
  a,
  b,
  commit,
  entry,
  EPOCH,
  load,
  me,
  NEXT_EPOCH,
  seqsOf,
  sequenced,
  state,
  write,
  type Check,
} from './client-storage-world.js'

/** What is kept of the hub's log: a checkpoint and a tail without gaps. */
export const tailCases: Readonly<Record<string, Check>> = {
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
}
