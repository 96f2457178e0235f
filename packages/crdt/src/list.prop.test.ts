import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Json } from './json.js'
import { list } from './list.js'
import type { ListIntent } from './list.js'
import { applyListDeltas } from './list/list-delta.js'

const places = fc.oneof(fc.nat(5), fc.nat(5), fc.nat(12), fc.nat(2 ** 53 - 1))
const seeds: fc.Arbitrary<ListIntent<Json>> = fc.oneof(
  fc.record({
    op: fc.constant('insert' as const),
    pos: places,
    values: fc.array(jsonValues, { maxLength: 4 }),
  }),
  fc.record({
    op: fc.constant('delete' as const),
    pos: places,
    length: fc.oneof(fc.nat(3), fc.nat(2 ** 53 - 1)),
  }),
  fc.record({ op: fc.constant('set' as const), pos: places, value: jsonValues }),
  fc.record({ op: fc.constant('move' as const), from: places, to: places }),
)

describe('list', () => {
  const laws = ruleLaws({
    rule: list(),
    seeds,
    intent: (seed) => seed,
    badIntents: [
      { op: 'insert', pos: -1, values: [1] },
      { op: 'insert', pos: 0.5, values: [1] },
      { op: 'insert', pos: 0, values: 'ab' },
      { op: 'insert', pos: 0 },
      { op: 'delete', pos: 0 },
      { op: 'delete', pos: 0, length: Number.NaN },
      { op: 'set', pos: 0n, value: 1 },
      { op: 'set', pos: 0 },
      { op: 'move', from: 0 },
      { op: 'move', to: 0 },
      { op: 'move', from: 0, to: -1 },
      ...notJson.flatMap((value) => [
        { op: 'insert', pos: 0, values: [1, value] },
        { op: 'set', pos: 9, value },
      ]),
    ],
    applyDeltas: applyListDeltas,
  })
  for (const law of laws) it(law.name, law.check)
})
