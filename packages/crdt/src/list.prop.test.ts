import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Json } from './json.js'
import { list } from './list.js'
import type { ListIntent } from './list.js'
import { applyListDeltas } from './list/list-delta.js'
import { ListSession } from './tests/list-session.js'
import { Random } from './tests/random.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit list.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 400)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

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

describe.each([false, true])('sessions of many who edit one list, with forged ops: %s', (withForgery) => {
  it(`end as the reference says, ${sessions} of them`, { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) play(seed, withForgery, 20, 80)
  })

  it('end as the reference says when they are long', { timeout: Infinity }, () => {
    const count = Math.ceil(sessions / 300)
    for (let seed = firstSeed; seed < firstSeed + count; seed++) play(seed, withForgery, 300, 300)
  })
})

function play(seed: number, withForgery: boolean, minSteps: number, moreSteps: number): void {
  const random = new Random(seed)
  try {
    new ListSession(random, { withForgery }).run(minSteps + random.below(moreSteps))
  } catch (cause) {
    const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
    throw new Error(`The session of seed ${seed} fails (${again}): ${String(cause)}`, { cause })
  }
}
