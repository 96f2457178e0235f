import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocIntent } from './doc/intents.js'
import { newCounter, newText } from './doc/new-container.js'
import { doc } from './doc.js'
import { isFlowSyncError } from './errors.js'
import { applyDocDeltas } from './tests/doc-deltas.js'
import { DocSession } from './tests/doc-session.js'
import { Random } from './tests/random.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit doc.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 400)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

const rule = doc({ shape: { body: 'text', votes: 'counter', items: 'list' } })
const { actions } = rule

const segments = fc.oneof(fc.constantFrom('a', 'b', 'items', 'body', 'votes', '__proto__', ''), fc.nat(3))
const paths = fc.array(segments, { maxLength: 3 })
const lists = fc.oneof({ weight: 2, arbitrary: fc.constant(['items']) }, { weight: 1, arbitrary: paths })
const texts = fc.oneof({ weight: 2, arbitrary: fc.constant(['body']) }, { weight: 1, arbitrary: paths })
const values = fc.oneof<fc.Arbitrary<unknown>[]>(
  jsonValues,
  jsonValues,
  fc.constantFrom('', 'x', '😀').map(newText),
  fc.constantFrom(0, 1.5).map(newCounter),
  fc.array(fc.constantFrom(newText('in'), newCounter(1), { a: 1 }), { maxLength: 3 }),
)
const pieces = fc.constantFrom('a', 'bc', '😀')

const intents: fc.Arbitrary<DocIntent> = fc.oneof(
  fc.tuple(paths, values).map(([path, value]) => actions.set(path, value)),
  fc.tuple(paths, values).map(([path, value]) => actions.set(path, value)),
  paths.map((path) => actions.delete(path)),
  fc
    .tuple(lists, fc.nat(5), fc.array(values, { maxLength: 3 }))
    .map(([path, pos, all]) => actions.insert(path, pos, ...all)),
  fc.tuple(lists, fc.nat(5), fc.nat(3)).map(([path, pos, length]) => actions.remove(path, pos, length)),
  fc.tuple(lists, fc.nat(4), fc.nat(4)).map(([path, from, to]) => actions.move(path, from, to)),
  fc.tuple(texts, fc.nat(6), pieces).map(([path, pos, text]) => actions.insertText(path, pos, text)),
  fc
    .tuple(texts, fc.nat(6), fc.nat(3), pieces)
    .map(([path, pos, length, text]) => actions.replaceText(path, pos, length, text)),
  fc.tuple(texts, fc.nat(6), fc.nat(3)).map(([path, pos, length]) => actions.deleteText(path, pos, length)),
  fc
    .tuple(fc.oneof(fc.constant(['votes']), paths), fc.integer())
    .map(([path, amount]) => actions.increment(path, amount)),
  fc.tuple(paths, pieces).map(([path, text]) => actions.createText(path, text)),
  paths.map((path) => actions.createCounter(path)),
)

// Whether a string is a text cannot be told from a value, so intents miss now and then.
const tolerant: typeof rule = {
  ...rule,
  prepare(state, intent, context) {
    try {
      return rule.prepare(state, intent, context)
    } catch (error) {
      if ('mayMiss' in Object(intent) && isFlowSyncError(error) && error.code === 'op/invalid-intent')
        return undefined
      throw error
    }
  },
}

describe('doc', () => {
  const laws = ruleLaws({
    rule: tolerant,
    seeds: intents,
    intent: (seed) => ({ ...seed, mayMiss: true }),
    badIntents: [
      { op: 'set', value: 1 },
      { op: 'set', path: 'a', value: 1 },
      { op: 'set', path: [], value: {} },
      { op: 'set', path: [0], value: 1 },
      { op: 'set', path: ['body'], value: 'text' },
      { op: 'delete', path: ['body'] },
      { op: 'delete', path: ['nothing', 'here'] },
      { op: 'set', path: [-1], value: 1 },
      { op: 'set', path: [null], value: 1 },
      { op: 'set', path: ['items', 0.5], value: 1 },
      { op: 'set', path: ['items', 1_000_000], value: 1 },
      { op: 'insert', path: ['items'], pos: -1, values: [1] },
      { op: 'insert', path: ['items'], pos: 0, values: 'ab' },
      { op: 'insert', path: ['body'], pos: 0, values: [1] },
      { op: 'insert', path: [], pos: 0, values: [1] },
      { op: 'remove', path: ['items'], pos: 0 },
      { op: 'move', path: ['items'], from: 1_000_000, to: 0 },
      { op: 'move', path: ['items'], from: 0 },
      { op: 'insertText', path: ['items'], pos: 0, text: 'x' },
      { op: 'insertText', path: ['body'], pos: 0, text: '\ud800' },
      { op: 'deleteText', path: ['body'], pos: 0 },
      { op: 'increment', path: ['body'] },
      { op: 'increment', path: ['votes'], amount: Number.NaN },
      { op: 'createText', path: ['x'], text: 5 },
      { op: 'createText', path: ['x'], text: '\udc00' },
      { op: 'createCounter', path: ['x'], amount: Infinity },
      { op: 'set', path: ['x'], value: [newText('\ud800')] },
      ...notJson.flatMap((value) => [
        { op: 'set', path: ['x'], value },
        { op: 'insert', path: ['items'], pos: 0, values: [1, value] },
      ]),
    ],
    applyDeltas: applyDocDeltas as never,
  })
  for (const law of laws) it(law.name, law.check)
})

describe('sessions of many who edit one document', () => {
  it(`end as the reference says, ${sessions} of them`, { timeout: Infinity }, () => {
    let made = 0
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) made += play(seed)
    // Most intents find what they name, or the sessions would prove little.
    expect(made).toBeGreaterThan(sessions * 10)
  })
})

function play(seed: number): number {
  const random = new Random(seed)
  const session = new DocSession(random)
  try {
    session.run(20 + random.below(60))
  } catch (cause) {
    const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
    throw new Error(`The session of seed ${seed} fails (${again}): ${String(cause)}`, { cause })
  }
  return session.made
}
