import { Fold } from '@flowsync/crdt'
import type { ReplicaId } from '@flowsync/crdt'
import fc from 'fast-check'
import { demand, hasCode, sameBytes } from './compare.js'
import { clocks, histories, play } from './history.js'
import type { AnyLawsSpec, Law } from './spec.js'

const author = { replica: 'abcdef01'.repeat(4) as ReplicaId, counter: 1 }

/** Laws about what users ask for. */
export function intentLaws(spec: AnyLawsSpec): Law[] {
  const numRuns = spec.runs ?? 100
  const rule = spec.rule
  return [
    {
      name: 'a bad intent is refused with op/invalid-intent and changes nothing',
      check: () =>
        fc.assert(
          fc.property(histories(spec, { forged: false }), (history) => {
            const world = play(spec, history)
            world.heal()
            const fold = world.hub.refold(world.hub.head, [], [], 0)
            const before = fold.value
            const bytes = fold.encodeState()
            for (const intent of [...MALFORMED, ...spec.badIntents]) {
              demand(refuses(fold, intent), 'a bad intent is refused with op/invalid-intent', intent)
            }
            demand(fold.value === before && fold.pending.length === 0, 'a refused intent changes nothing')
            demand(sameBytes(fold.encodeState(), bytes), 'a refused intent changes no byte')
          }),
          { numRuns: Math.min(numRuns, 20) },
        ),
    },
    {
      name: 'preparing reads the state and leaves it alone',
      check: () =>
        fc.assert(
          fc.property(histories(spec, { forged: false }), spec.seeds, clocks, (history, seed, nowMs) => {
            const world = play(spec, history)
            world.heal()
            const bytes = world.hub.reference.encodeState()
            const state = rule.decodeState(bytes, world.hub.head)
            const value = rule.value(state)
            const intent = spec.intent(seed, value)
            const first = rule.prepare(state, intent, { ...author, nowMs })
            const second = rule.prepare(state, intent, { ...author, nowMs })
            demand(rule.value(state) === value, 'preparing keeps the value')
            demand(sameBytes(rule.encodeState(state), bytes), 'preparing keeps the state')
            demand((first === undefined) === (second === undefined), 'preparing is repeatable')
            if (first === undefined || second === undefined) return
            demand(sameBytes(rule.encodeBody(first), rule.encodeBody(second)), 'preparing is repeatable')
          }),
          { numRuns },
        ),
    },
  ]
}

/** What no rule takes. */
const MALFORMED: readonly unknown[] = [
  undefined,
  null,
  0,
  'set',
  [],
  {},
  { op: 1 },
  { op: '__proto__' },
  { op: 'constructor' },
]

function refuses(fold: Fold<unknown, unknown, unknown, unknown, unknown>, intent: unknown): boolean {
  try {
    fold.prepare(intent, { ...author, nowMs: 0 })
    return false
  } catch (error) {
    if (hasCode(error, 'op/invalid-intent')) return true
    throw error
  }
}
