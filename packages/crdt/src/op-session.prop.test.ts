import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFlowSyncError } from './errors.js'
import { OpDecoder, OpEncoder } from './op-session.js'
import type { Op, ReplicaId } from './op.js'

const replicas = fc.constantFrom(
  ...['a', 'b', 'c', '0123456789abcdef'].map((text) => text.repeat(32).slice(0, 32) as ReplicaId),
)
const ordinals = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 48 }))
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 12, max: 2 }),
  fc.integer({ min: 0, max: 140 }).map((length) => new Uint8Array(length).fill(7)),
)
const ops: fc.Arbitrary<Op> = fc.record({
  replica: replicas,
  counter: ordinals,
  count: fc.oneof(fc.constant(1), ordinals),
  base: fc.oneof(fc.nat(4), fc.integer({ min: 0, max: 2 ** 48 })),
  extra: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.record({ replica: replicas, counter: ordinals }), { maxLength: 3 }),
  ),
  body: bodies,
})
/** Ops whose numbers go on as those of well-behaved writers do, with some that do not. */
const sessions = fc.array(fc.record({ op: ops, goesOn: fc.boolean() }), { maxLength: 30 }).map((list) => {
  const next = new Map<ReplicaId, number>()
  let base = 0
  return list.map(({ op, goesOn }) => {
    const made = goesOn ? { ...op, counter: next.get(op.replica) ?? 1, base } : op
    next.set(made.replica, made.counter + made.count > 2 ** 48 ? 1 : made.counter + made.count)
    base = Math.min(made.base + 1, 2 ** 48)
    return made
  })
})

function encodeAll(list: readonly Op[]): Uint8Array[] {
  const encoder = new OpEncoder()
  return list.map((op) => encoder.encode(op))
}

describe('a session of ops', () => {
  it('gives every op as it was', () => {
    fc.assert(
      fc.property(sessions, (list) => {
        const decoder = new OpDecoder()
        expect(encodeAll(list).map((bytes) => decoder.decode(bytes))).toEqual(list)
      }),
    )
  })

  it('takes any bytes for an op that has no other bytes, or refuses them with op/invalid', () => {
    const damages = fc.record({ at: fc.nat(40), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat(3) })
    fc.assert(
      fc.property(sessions, fc.option(damages), fc.uint8Array({ maxLength: 40 }), (list, damage, other) => {
        const decoder = new OpDecoder()
        const encoder = new OpEncoder()
        for (const op of list.slice(0, -1)) decoder.decode(encoder.encode(op))
        const last = list.at(-1)
        let bytes = other
        if (damage && last) {
          const encodeLast = new OpEncoder()
          for (const op of list.slice(0, -1)) encodeLast.encode(op)
          const whole = encodeLast.encode(last)
          bytes = whole.slice(0, whole.length - damage.cut)
          if (bytes.length > 0) bytes[damage.at % bytes.length] = damage.byte
        }
        let op
        try {
          op = decoder.decode(bytes)
        } catch (error) {
          expect(isFlowSyncError(error) && error.code).toBe('op/invalid')
          return
        }
        expect(encoder.encode(op)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })
})
