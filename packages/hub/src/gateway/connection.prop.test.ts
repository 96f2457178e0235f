import { type ClientMessage, encodeClientMessage, PROTOCOL_VERSION } from '@flowsync/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineWorld, put, replica } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'

const [witness, hostile] = [replica(1), replica(2)]

const stream = fc.constantFrom('note:a', 'tape:a', '__proto__', 'note:', '*', 'other:a', '\u{1F600}')
const epoch = fc.constantFrom('', '0123456789abcdef', 'known')
const small = fc.integer({ min: 0, max: 5 })
const op = fc.record({
  author: fc.constantFrom(witness, hostile),
  counter: small,
  base: small,
  count: small,
  text: fc.constantFrom('x', 'yy', 'Ä'),
})

type Made = (knownEpoch: string) => ClientMessage

const message: fc.Arbitrary<Made> = fc.oneof(
  fc
    .record({ stream, epoch, ops: fc.array(op, { maxLength: 4 }) })
    .map((batch) => (known: string): ClientMessage => {
      const ops = batch.ops.map(({ author, counter, base, count, text }) => {
        return { ...put(author, counter + 1, text, base), count: count + 1 }
      })
      return {
        type: 'push',
        id: 1,
        batches: [{ stream: batch.stream, epoch: batch.epoch === 'known' ? known : batch.epoch, ops }],
      }
    }),
  fc
    .record({ stream, epoch, seq: small, rebuildBelow: fc.option(small, { nil: undefined }) })
    .map((cursor) => (known: string): ClientMessage => ({
      type: 'subscribe',
      id: 2,
      streams: [
        {
          ...cursor,
          epoch: cursor.epoch === 'known' ? known : cursor.epoch,
          rule: 'tape',
          ruleVersion: 1,
          outbox: [],
        },
      ],
    })),
  fc.record({ stream, epoch, afterSeq: small }).map((pull) => (known: string): ClientMessage => ({
    ...pull,
    type: 'pull',
    id: 3,
    epoch: pull.epoch === 'known' ? known : pull.epoch,
  })),
  stream.map((name) => (): ClientMessage => ({ type: 'unsubscribe', id: 4, streams: [name, name] })),
  fc
    // None of them grants more than the first: what lies outside of `note:*` must stay out of reach.
    .constantFrom('mallory|write:note:*', 'ada|write:*', '', '|')
    .map((token) => (): ClientMessage => ({ type: 'renew', id: 5, token })),
  fc.constant((): ClientMessage => ({
    type: 'hello',
    id: 6,
    version: PROTOCOL_VERSION,
    replica: witness,
    adopted: [],
    token: 'ada|admin:*',
    client: '',
  })),
)

/** What a hostile client may do to the bytes of a frame. */
const spoil = fc.oneof(
  { weight: 3, arbitrary: fc.constant((frame: Uint8Array) => frame) },
  {
    weight: 1,
    arbitrary: fc.nat(200).map((at) => (frame: Uint8Array) => frame.slice(0, at % (frame.length + 1))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(200), fc.nat(255)).map(([at, byte]) => (frame: Uint8Array) => {
      const copy = frame.slice()
      if (copy.length > 0) copy[at % copy.length] = byte
      return copy
    }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => () => bytes) },
)

describe('whatever a client sends', () => {
  it('disturbs nobody, authors as nobody else, and is answered or ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(message, spoil), { maxLength: 12 }), async (frames) => {
        const world = await EngineWorld.start({ limits: { opBytes: 50 } })
        const good = await world.reader('note:a', 'ada|write:*', witness)
        const epochBefore = good.subscribed.epoch
        good.push('note:a', epochBefore, [put(witness, 1, 'before')])
        await settle()
        const bad = await world.join('mallory|write:note:*', hostile)
        for (const [make, spoilt] of frames) bad.sendRaw(spoilt(encodeClientMessage(make(epochBefore))))
        await settle()
        expect(bad.isClosed || bad.heard.length >= 1).toBe(true)
        for (const refused of bad.all('refused')) expect(refused.error.code).not.toBe('hub/internal')

        good.subscribe('note:a', { epoch: epochBefore, seq: 0 })
        await settle()
        const { epoch: epochAfter, ops } = good.subscribed
        good.push('note:a', epochAfter, [put(witness, 7, 'after')])
        await settle()
        expect(good.last('pushed').results).toMatchObject([{ kind: 'ok' }])
        expect(ops.filter(({ replica: author }) => author === witness)).toHaveLength(1)
        expect(ops.every(({ replica: author }) => author === witness || author === hostile)).toBe(true)
        expect(ops.map(({ seq }) => seq)).toEqual(ops.map((_, index) => index + 1))
        for (const { rooms } of [bad]) for (const room of rooms) expect(room.startsWith('note:')).toBe(true)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
