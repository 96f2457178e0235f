import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Json } from './json.js'
import { map } from './map.js'
import type { MapIntent } from './map.js'

const keys = fc.constantFrom(
  'a',
  'b',
  'ab',
  'b2',
  '1',
  '',
  '__proto__',
  'constructor',
  'é',
  '\ud83d\ude00',
  'line\n2',
)
const intents: fc.Arbitrary<MapIntent<Json>> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('set' as const), key: keys, value: jsonValues }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete' as const), key: keys }) },
)
const badKeys = [
  undefined,
  null,
  1,
  {},
  Symbol('key'),
  '\ud800',
  'a\udc00b',
  'x'.repeat(4097),
  'é'.repeat(2049),
]

describe('map', () => {
  const laws = ruleLaws({
    rule: map(),
    seeds: intents,
    intent: (seed) => seed,
    isDone: (intent, after) =>
      intent.op === 'delete'
        ? !Object.hasOwn(after, intent.key)
        : Object.hasOwn(after, intent.key) &&
          JSON.stringify(after[intent.key]) === JSON.stringify(intent.value),
    badIntents: [
      { op: 'add', key: 'a', value: 1 },
      { op: 'set', key: 'a' },
      { op: 'set', value: 1 },
      ...badKeys.flatMap((key) => [
        { op: 'set', key, value: 1 },
        { op: 'delete', key },
      ]),
      ...notJson.map((value) => ({ op: 'set', key: 'a', value })),
    ],
  })
  for (const law of laws) it(law.name, law.check)
})
