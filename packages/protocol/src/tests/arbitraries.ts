import type { Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import fc from 'fast-check'
import type { ClientMessage } from '../messages/client-message.js'
import type { HubMessage } from '../messages/hub-message.js'

const MAX_ORDINAL = 2 ** 48 - 1
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })

/** Few replicas, so that lists repeat them. */
const fewReplicas = ['a', 'b', '0'].map((digit) => digit.repeat(32))
const replica = fc.oneof(
  { arbitrary: fc.constantFrom(...fewReplicas), weight: 8 },
  { arbitrary: hex(32), weight: 1 },
) as fc.Arbitrary<ReplicaId>
const epoch = fc.oneof(
  fc.constant(''),
  hex(16).filter((text) => text !== '0'.repeat(16)),
)
const ordinal = (min: number) =>
  fc.oneof(
    fc.integer({ min, max: 5 }),
    fc.integer({ min, max: 300 }),
    fc.maxSafeNat().map((n) => min + (n % (MAX_ORDINAL - 1))),
  )
const body = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 300 }))
const opId: fc.Arbitrary<OpId> = fc.record({ replica, counter: ordinal(1) })

const looseOp: fc.Arbitrary<Op> = fc.record({
  replica,
  counter: ordinal(1),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1000 })),
  base: ordinal(0),
  extra: fc.oneof(fc.constant([]), fc.array(opId, { maxLength: 3 })),
  body,
})

/** Like {@link looseOp}, with counters that go on where the replica's former op ended, as they do in practice. */
function chained(ops: readonly Op[]): Op[] {
  const next = new Map<ReplicaId, number>()
  return ops.map((op) => {
    const counter = next.get(op.replica) ?? 1
    next.set(op.replica, counter + op.count)
    return { ...op, counter }
  })
}

const fits = (op: Op) => op.counter + op.count - 1 <= MAX_ORDINAL
export const ops: fc.Arbitrary<readonly Op[]> = fc
  .tuple(fc.array(looseOp, { maxLength: 8 }), fc.boolean())
  .map(([list, dense]) => (dense ? chained(list) : list.filter(fits)))
export const sequencedOps: fc.Arbitrary<readonly SequencedOp[]> = fc
  .tuple(ops, fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(MAX_ORDINAL - 10)))
  .map(([list, first]) => list.map((op, index) => ({ ...op, seq: first + index })))

const text = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength })
const name = fc.oneof(fc.constantFrom('doc:readme', 'chat:team:1', '__proto__'), text(20))
const id = fc.integer({ min: 1, max: 2 ** 32 - 1 })
const timeMs = fc.integer({ min: 0, max: MAX_ORDINAL })
const small = { maxLength: 3 }
const error = fc.record({
  code: fc.constantFrom('acl/denied', 'limit/rate', 'future/code'),
  message: text(40),
  retryAfterMs: timeMs,
  details: fc.constantFrom('', '{"expected":3}'),
})
const failed = fc.record({ kind: fc.constant('failed' as const), stream: name, error })

/** Any message of a client. */
export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    id,
    version: fc.constant(1),
    replica,
    adopted: fc.array(replica, small),
    token: text(40),
    client: text(10),
  }),
  fc.record({
    type: fc.constant('subscribe' as const),
    id,
    streams: fc.array(
      fc.record(
        {
          stream: name,
          rule: fc.constantFrom('text', 'counter'),
          ruleVersion: fc.nat(9),
          epoch,
          seq: ordinal(0),
          outbox: fc.array(fc.record({ replica, from: ordinal(1), through: ordinal(1) }), small),
          rebuildBelow: ordinal(0),
        },
        { requiredKeys: ['stream', 'rule', 'ruleVersion', 'epoch', 'seq', 'outbox'] },
      ),
      small,
    ),
  }),
  fc.record({ type: fc.constant('unsubscribe' as const), id, streams: fc.array(name, small) }),
  fc.record({
    type: fc.constant('push' as const),
    id,
    batches: fc.array(fc.record({ stream: name, epoch, ops }), small),
  }),
  fc.record({ type: fc.constant('pull' as const), id, stream: name, epoch, afterSeq: ordinal(0) }),
  fc.record({ type: fc.constant('renew' as const), id, token: text(40) }),
)

/** Any message of a hub. */
export const hubMessage: fc.Arbitrary<HubMessage> = fc.oneof(
  fc.record({
    type: fc.constant('welcome' as const),
    id,
    version: fc.constant(1),
    sessionId: text(8),
    subject: text(20),
    serverTimeMs: timeMs,
    expiresAtMs: timeMs,
    limits: fc.record({ frameBytes: ordinal(1), opsPerPush: ordinal(1) }),
  }),
  fc.record({
    type: fc.constant('subscribed' as const),
    id,
    results: fc.array(
      fc.oneof(
        failed,
        fc.record(
          {
            kind: fc.constant('ok' as const),
            stream: name,
            epoch,
            headSeq: ordinal(0),
            access: fc.constantFrom('read' as const, 'write' as const),
            snapshot: fc.record({ seq: ordinal(0), state: body }),
            ops: sequencedOps,
            acknowledged: fc.array(fc.record({ replica, through: ordinal(0) }), small),
          },
          { requiredKeys: ['kind', 'stream', 'epoch', 'headSeq', 'access', 'ops', 'acknowledged'] },
        ),
      ),
      small,
    ),
  }),
  fc.record({ type: fc.constant('unsubscribed' as const), id }),
  fc.record({
    type: fc.constant('pushed' as const),
    id,
    results: fc.array(
      fc.oneof(
        failed,
        fc.record({
          kind: fc.constant('ok' as const),
          stream: name,
          epoch,
          seqs: fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), ordinal(1)), { maxLength: 12 }),
        }),
      ),
      small,
    ),
  }),
  fc.record({
    type: fc.constant('pulled' as const),
    id,
    stream: name,
    epoch,
    headSeq: ordinal(0),
    ops: sequencedOps,
  }),
  fc.record({ type: fc.constant('renewed' as const), id, expiresAtMs: timeMs }),
  fc.record({ type: fc.constant('feed' as const), stream: name, epoch, ops: sequencedOps }),
  fc.record({ type: fc.constant('refused' as const), id: fc.nat(2 ** 31), error }),
  fc.record({ type: fc.constant('drain' as const), reconnectAfterMs: timeMs }),
)

/** One small damage: a byte changed, bytes inserted, removed or repeated. */
export interface Damage {
  readonly kind: 'change' | 'insert' | 'remove' | 'repeat' | 'cut'
  readonly at: number
  readonly length: number
  readonly bytes: Uint8Array
}
export const damages = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'change' as const,
      'insert' as const,
      'remove' as const,
      'repeat' as const,
      'cut' as const,
    ),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    length: fc.integer({ min: 1, max: 4 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
)

/** A frame with damages, as a broken or hostile sender would send it. */
export function damaged(frame: Uint8Array, list: readonly Damage[]): Uint8Array {
  let bytes = [...frame]
  for (const { kind, at: place, length, bytes: added } of list) {
    const at = Math.floor(place * bytes.length)
    if (kind === 'change') bytes[at] = added[0] ?? 0
    else if (kind === 'insert') bytes.splice(at, 0, ...added)
    else if (kind === 'remove') bytes.splice(at, length)
    else if (kind === 'repeat') bytes.splice(at, 0, ...bytes.slice(at, at + length))
    else bytes = bytes.slice(0, at)
  }
  return Uint8Array.from(bytes)
}
