import { ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { MarksSession } from '../tests/marks-session.js'
import { Random } from '../tests/random.js'
import { applyRichTextDeltas } from './rich-text-delta.js'
import { richText } from './rich-text.js'
import type { RichTextIntent } from './rich-text.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit rich-text.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 500)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

const rule = richText({
  marks: {
    bold: { expand: 'after' },
    link: { expand: 'none' },
    tone: { expand: 'before' },
    wide: { expand: 'both' },
    comment: { expand: 'none', multi: true },
  },
})
const { actions } = rule

interface Seed {
  readonly at: number
  readonly length: number
  readonly inserted: string
  readonly name: 'bold' | 'link' | 'tone' | 'wide' | 'comment' | undefined
  readonly value: 'a' | 'b' | undefined
}

const seeds: fc.Arbitrary<Seed> = fc.record({
  at: fc.oneof(fc.nat(12), fc.nat(2 ** 31 - 1)),
  length: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(2 ** 31 - 1)),
  inserted: fc.constantFrom('', 'a', 'bc', '😀', 'defg', '漢'),
  name: fc.constantFrom('bold', 'link', 'tone', 'wide', 'comment', undefined),
  value: fc.constantFrom('a', 'b', undefined),
})

function intent({ at, length, inserted, name, value }: Seed): RichTextIntent<NonNullable<Seed['name']>> {
  if (name && inserted === '') return actions.mark(at, length, name, value)
  if (name && inserted === 'a') return actions.unmark(at, length, name, value ?? 'a')
  if (inserted === '') return actions.delete(at, length)
  return length === 0 ? actions.insert(at, inserted) : actions.replace(at, length, inserted)
}

describe('rich text', () => {
  const laws = ruleLaws({
    rule,
    seeds,
    intent,
    badIntents: [
      { op: 'insert', pos: -1, text: 'x' },
      { op: 'insert', pos: 0, text: '\ud800' },
      { op: 'mark', pos: -1, length: 1, name: 'bold' },
      { op: 'mark', pos: 0, length: 0.5, name: 'bold' },
      { op: 'mark', pos: 0, name: 'bold' },
      { op: 'mark', pos: 0, length: 1, name: 'blink' },
      { op: 'mark', pos: 0, length: 1, name: 7 },
      { op: 'mark', pos: 0, length: 1, name: 'bold', value: null },
      { op: 'mark', pos: 0, length: 1, name: 'bold', value: Number.NaN },
      { op: 'unmark', pos: 0, length: 1, name: 'comment' },
      { op: 'unmark', pos: 0n, length: 1, name: 'bold' },
    ],
    applyDeltas: applyRichTextDeltas,
  })
  for (const law of laws) it(law.name, law.check)
})

describe('sessions of many who mark one text', () => {
  it(`end as the reference says, ${sessions} of them`, { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) play(seed, 20, 80)
  })

  it('end as the reference says when they are long', { timeout: Infinity }, () => {
    const count = Math.ceil(sessions / 200)
    for (let seed = firstSeed; seed < firstSeed + count; seed++) play(seed, 300, 300)
  })
})

function play(seed: number, minSteps: number, moreSteps: number): void {
  const random = new Random(seed)
  try {
    new MarksSession(random).run(minSteps + random.below(moreSteps))
  } catch (cause) {
    const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
    throw new Error(`The session of seed ${seed} fails (${again}): ${String(cause)}`, { cause })
  }
}
