import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import { Fold } from './fold.js'
import { map } from './map.js'
import { OpDecoder, OpEncoder } from './op-session.js'
import type { Op, ReplicaId } from './op.js'

const [ann, ben] = ['a', 'b'].map((digit) => digit.repeat(32) as ReplicaId) as [ReplicaId, ReplicaId]
const op = (fields: Partial<Op>): Op => ({
  replica: ann,
  counter: 1,
  count: 1,
  base: 0,
  extra: [],
  body: Uint8Array.of(1, 2),
  ...fields,
})

/** How many bytes each op of a session takes. */
function lengths(...ops: readonly Op[]): number[] {
  const encoder = new OpEncoder()
  return ops.map((each) => encoder.encode(each).length)
}

describe('the bytes of a session', () => {
  it('introduce a replica once', () => {
    const ops = [
      op({}),
      op({ replica: ben, body: Uint8Array.of(9) }),
      op({ counter: 2 }),
      op({ replica: ben, counter: 2 }),
    ]
    expect(lengths(...ops)).toEqual([20, 19, 4, 2])
  })

  it('say nothing of a base that stands, or grows by one', () => {
    expect(lengths(op({}), op({ counter: 2 }), op({ counter: 3 }))).toEqual([20, 1, 1])
    const growing = [1, 2, 3, 4].map((counter) => op({ counter, base: counter - 1 }))
    expect(lengths(...growing)).toEqual([20, 2, 1, 1])
  })

  it('are one for a step of a counter', () => {
    const fold = new Fold(counter())
    const steps = [1, 2, 3].map(
      (at) => fold.prepare({ op: 'increment' }, { replica: ann, counter: at, nowMs: 0 })?.op,
    )
    expect(lengths(...steps.filter((step) => step !== undefined)).slice(1)).toEqual([1, 1])
  })

  it('share the time of writes to a map', () => {
    const fold = new Fold(map())
    const sets = [1, 2, 3].map((at) => {
      const intent = { op: 'set' as const, key: `key-1000${at}`, value: 12_345 }
      return fold.prepare(intent, { replica: ann, counter: at, nowMs: 1_760_000_000_000 + 40 * at })?.op
    })
    for (const length of lengths(...sets.filter((set) => set !== undefined)).slice(1))
      expect(length).toBeLessThanOrEqual(18)
  })
})

describe('decoding a session', () => {
  const start = () => {
    const decoder = new OpDecoder()
    decoder.decode(new OpEncoder().encode(op({})))
    return decoder
  }

  it.each([
    ['nothing', []],
    ['a counter that goes without saying', [0b100_1101, 2]],
    ['a count that goes without saying', [0b100_1011, 1]],
    ['a base that goes without saying', [0b100_0111, 0]],
    ['a replica that goes without saying', [0b100_1110, 0]],
    ['a replica that was introduced before', [0b100_1110, 1, ...Array<number>(16).fill(0xaa)]],
    ['no ids', [0b101_1111, 0]],
    ['an id of counter 0', [0b101_1111, 1, 0, 0]],
    ['ids that are not there', [0b101_1111, 9]],
    ['a base below 0', [0b100_0111, 1]],
    ['more shared bytes than there were', [0b110_1111]],
    ['fewer shared bytes than there are', [0b010_1111, 2]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => start().decode(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })

  it('takes what the encoder writes next', () => {
    expect(start().decode(Uint8Array.of(0b100_1111))).toEqual(op({ counter: 2 }))
  })

  it('hands out bodies of their own', () => {
    const decoder = new OpDecoder()
    const bytes = new OpEncoder().encode(op({}))
    const { body } = decoder.decode(bytes)
    bytes.fill(0)
    expect(body).toEqual(Uint8Array.of(1, 2))
  })

  it('lets a few bytes repeat a few bytes only', () => {
    const long = new Uint8Array(1000).fill(5)
    expect(lengths(op({ body: long }), op({ counter: 2, body: long }))[1]).toBe(2 + 1000 - 64)
  })
})
