import { ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import type { CounterIntent } from './counter.js'
import { Fold } from './fold.js'
import type { ReplicaId } from './op.js'

const amounts = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, min: -(2 ** 53 - 1), max: 2 ** 53 - 1 }),
  fc.constantFrom(0.1, 0.2, 1e-300, 5e-324, -0, 2 ** 53 - 1, 1 - 2 ** 53),
)
const intents: fc.Arbitrary<CounterIntent> = fc.record(
  { op: fc.constantFrom('increment' as const, 'decrement' as const), amount: amounts },
  { requiredKeys: ['op'] },
)

describe('counter', () => {
  const laws = ruleLaws({
    rule: counter(),
    seeds: intents,
    intent: (seed) => seed,
    badIntents: [
      { op: 'add' },
      { op: 'increment', amount: Number.NaN },
      { op: 'increment', amount: Infinity },
      { op: 'increment', amount: 2 ** 53 },
      { op: 'decrement', amount: -(2 ** 53) },
      { op: 'increment', amount: '1' },
      { op: 'increment', amount: 1n },
      { op: 'increment', amount: null },
      { op: 'increment', amount: {} },
    ],
  })
  for (const law of laws) it(law.name, law.check)

  it('sums up exactly and rounds once', () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 40 }), (list) => {
        const fold = new Fold(counter())
        list.forEach((amount, index) => {
          fold.prepare(
            { op: 'increment', amount },
            { replica: 'a'.repeat(32) as ReplicaId, counter: index + 1, nowMs: 0 },
          )
        })
        // In steps of 2^-1074 every double is an integer; halves to even is how BigInt becomes a number.
        const steps = list.reduce((sum, amount) => sum + inSteps(amount), 0n)
        expect(fold.value).toBe(fromSteps(steps))
      }),
    )
  })
})

function inSteps(amount: number): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, amount)
  const raw = bits.getBigUint64(0)
  const exponent = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  const magnitude = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1)
  return raw >> 63n === 1n ? -magnitude : magnitude
}

/** Long division, bit by bit, with half to even. */
function fromSteps(steps: bigint): number {
  const magnitude = steps < 0n ? -steps : steps
  const excess = Math.max(0, magnitude.toString(2).length - 53)
  const unit = 1n << BigInt(excess)
  const floor = magnitude / unit
  const twice = (magnitude % unit) * 2n
  const up = twice > unit || (twice === unit && (floor & 1n) === 1n)
  const head = Number(up ? floor + 1n : floor)
  const value = head * 2 ** (excess - 1074)
  return steps < 0n ? -value : value
}
