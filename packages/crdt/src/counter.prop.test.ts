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

  it('sums up decimals exactly and rounds once', () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 40 }), (list) => {
        const fold = new Fold(counter())
        list.forEach((amount, index) => {
          fold.prepare(
            { op: 'increment', amount },
            { replica: 'a'.repeat(32) as ReplicaId, counter: index + 1, nowMs: 0 },
          )
        })
        const steps = list.reduce((sum, amount) => sum + inSteps(amount), 0n)
        // JavaScript reads a decimal of any length as the nearest double.
        expect(fold.value).toBe(Number(`${steps}e-${PLACES}`))
      }),
    )
  })
})

const PLACES = 345

/** An amount as so many steps of 10^-PLACES, by the digits that it is written with. */
function inSteps(amount: number): bigint {
  const [digits = '', exponent = '0'] = amount.toExponential().split('e')
  const [whole = '', fraction = ''] = digits.split('.')
  return BigInt(whole + fraction.padEnd(17, '0')) * 10n ** BigInt(PLACES - 17 + Number(exponent))
}
