import { isDeepFrozen, jsonValues } from '@flowsync/testkit/laws'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import { doc } from './doc.js'
import { Fold } from './fold.js'
import type { Json } from './json.js'
import { list } from './list.js'
import { log } from './log.js'
import { map } from './map.js'
import type { ReplicaId } from './op.js'
import { register } from './register.js'
import type { AnyMergeRule } from './rule.js'
import { set } from './set.js'
import { createUndoSession } from './tests/undo-session.js'
import { text } from './text.js'

// The laws of all rules demand frozen values after edits, ops of others, restarts, decoding and carrying over.
// Documents and rich texts have no undo.

const at = fc.nat(4)
const words = fc.constantFrom('a', 'bc', '😀')
const keys = fc.constantFrom('a', 'b')
const elements = fc.constantFrom('x', 1, null)

const rules: Record<string, { readonly rule: AnyMergeRule; readonly intents: fc.Arbitrary<unknown> }> = {
  text: {
    rule: text(),
    intents: fc.tuple(at, at, words).map(([pos, length, word]) => text().actions.replace(pos, length, word)),
  },
  counter: { rule: counter(), intents: fc.nat(3).map((amount) => ({ op: 'increment', amount })) },
  set: { rule: set<string | number | null>(), intents: editsOf('add', 'delete') },
  'two-phase set': {
    rule: set<string | number | null>({ twoPhase: true }),
    intents: editsOf('add', 'delete'),
  },
  register: {
    rule: register({ initial: { a: [1] } }),
    intents: jsonValues.map((value) => ({ op: 'set', value })),
  },
  'register, multi': {
    rule: register({ multi: true }),
    intents: jsonValues.map((value) => ({ op: 'set', value })),
  },
  list: {
    rule: list(),
    intents: fc.oneof(
      fc
        .tuple(at, fc.array(jsonValues, { maxLength: 3 }))
        .map(([pos, values]) => ({ op: 'insert', pos, values })),
      fc.tuple(at, jsonValues).map(([pos, value]) => ({ op: 'set', pos, value })),
      fc.tuple(at, at).map(([from, to]) => ({ op: 'move', from, to })),
      at.map((pos) => ({ op: 'delete', pos, length: 1 })),
    ),
  },
  map: {
    rule: map(),
    intents: fc.oneof(
      fc.tuple(keys, jsonValues).map(([key, value]) => ({ op: 'set', key, value })),
      keys.map((key) => ({ op: 'delete', key })),
    ),
  },
  log: { rule: log({ window: 3 }), intents: jsonValues.map((value) => ({ op: 'append', value })) },
}

function editsOf(...operations: readonly string[]): fc.Arbitrary<unknown> {
  return fc.record({ op: fc.constantFrom(...operations), value: elements })
}

describe('undo and redo', () => {
  it.each(Object.entries(rules))('leave values frozen: %s', (_name, { rule, intents }) => {
    const steps = fc.oneof(
      intents.map((intent) => ({ kind: 'edit' as const, intent })),
      fc.constantFrom('undo' as const, 'redo' as const, 'sync' as const).map((kind) => ({ kind })),
    )
    fc.assert(
      fc.property(fc.array(steps), (history) => {
        const { own, other, sync } = createUndoSession(rule)
        for (const step of history) {
          if (step.kind === 'edit') own.edit(step.intent)
          else if (step.kind === 'sync') sync()
          else own[step.kind]()
          expect([isDeepFrozen(own.value), isDeepFrozen(other.value)]).toEqual([true, true])
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is pushed', () => {
  it.each<[string, AnyMergeRule, (value: Json) => unknown]>([
    ['register', register(), (value) => ({ op: 'set', value })],
    ['list', list(), (value) => ({ op: 'insert', pos: 0, values: [value] })],
    ['map', map(), (value) => ({ op: 'set', key: 'a', value })],
    ['log', log(), (value) => ({ op: 'append', value })],
    ['doc', doc(), (value) => ({ op: 'set', path: ['a'], value })],
  ])('is copied, not frozen: %s', (_name, rule, intentOf) => {
    const pushed = { tags: ['a'], author: { name: 'Ann' } }
    const fold = new Fold(rule)
    fold.prepare(intentOf(pushed), { replica: 'a'.repeat(32) as ReplicaId, counter: 1, nowMs: 0 })
    const shown = JSON.stringify(fold.value)
    pushed.tags.push('b')
    pushed.author.name = 'Bob'
    expect([JSON.stringify(fold.value), isDeepFrozen(fold.value)]).toEqual([shown, true])
  })
})
