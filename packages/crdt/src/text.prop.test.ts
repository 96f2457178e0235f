import { ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { Random } from './tests/random.js'
import { TextSession } from './tests/text-session.js'
import { applyTextDeltas } from './text-delta.js'
import { text } from './text.js'
import type { TextIntent } from './text.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit text.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 1000)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)
const { insert, delete: remove, replace } = text().actions

interface Seed {
  readonly at: number
  readonly length: number
  readonly inserted: string
}

const seeds: fc.Arbitrary<Seed> = fc.record({
  at: fc.oneof(fc.nat(12), fc.nat(2 ** 31 - 1)),
  length: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(2 ** 31 - 1)),
  inserted: fc.constantFrom('', 'a', 'bc', '😀', '\n', '\ufeff', 'e\u0301', '漢'),
})

function intent({ at, length, inserted }: Seed): TextIntent {
  if (inserted === '') return remove(at, length)
  return length === 0 ? insert(at, inserted) : replace(at, length, inserted)
}

describe('text', () => {
  const laws = ruleLaws({
    rule: text(),
    seeds,
    intent,
    badIntents: [
      { op: 'insert', pos: -1, text: 'x' },
      { op: 'insert', pos: Number.NaN, text: 'x' },
      { op: 'insert', pos: 2 ** 53, text: 'x' },
      { op: 'insert', pos: 0n, text: 'x' },
      { op: 'insert', pos: 0, text: '\ud800' },
      { op: 'insert', pos: 0, text: ['x'] },
      { op: 'delete', pos: 0 },
      { op: 'delete', pos: 0, length: 0.5 },
      { op: 'replace', pos: 0, length: 1, text: null },
    ],
    applyDeltas: applyTextDeltas,
  })
  for (const law of laws) it(law.name, law.check)
})

describe('sessions of many who edit one text', () => {
  it(`end as the reference says, ${sessions} of them`, { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) play(seed, 20, 80)
  })

  it('end as the reference says when they are long', { timeout: Infinity }, () => {
    const count = Math.ceil(sessions / 200)
    for (let seed = firstSeed; seed < firstSeed + count; seed++) play(seed, 400, 400)
  })
})

function play(seed: number, minSteps: number, moreSteps: number): void {
  const random = new Random(seed)
  try {
    new TextSession(random).run(minSteps + random.below(moreSteps))
  } catch (cause) {
    const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
    throw new Error(`The session of seed ${seed} fails (${again}): ${String(cause)}`, { cause })
  }
}
