import { ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { set } from './set.js'
import type { SetElement, SetIntent } from './set.js'

const elements: fc.Arbitrary<SetElement> = fc.constantFrom<SetElement>(
  'a',
  'b',
  '1',
  1,
  0,
  -0,
  0.5,
  true,
  null,
  'null',
  '__proto__',
  'constructor',
  '',
  '\ud800',
  'é',
)
const intents: fc.Arbitrary<SetIntent> = fc.record({
  op: fc.constantFrom('add' as const, 'add' as const, 'delete' as const),
  value: elements,
})
const badIntents = [
  { op: 'set', value: 'a' },
  { op: 'add' },
  ...[
    undefined,
    Number.NaN,
    Infinity,
    {},
    [],
    1n,
    Symbol('s'),
    () => 1,
    new Date(0),
    'x'.repeat(70_000),
  ].flatMap((value) => [
    { op: 'add', value },
    { op: 'delete', value },
  ]),
]

describe.each([false, true])('set, twoPhase: %s', (twoPhase) => {
  const laws = ruleLaws({
    rule: set<SetElement>({ twoPhase }),
    seeds: intents,
    intent: (seed) => seed,
    isDone: ({ op, value }, after) => after.has(value) === (op === 'add'),
    badIntents,
  })
  for (const law of laws) it(law.name, law.check)
})
