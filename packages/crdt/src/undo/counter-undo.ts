import type { CounterIntent } from '../counter.js'
import type { UndoEntry, UndoTracker } from './undo-tracker.js'

/** Undo of a counter: what was added is subtracted again, whatever others have done in between. */
export function createCounterUndo(): UndoTracker<number, CounterIntent, never> {
  const amounts = new Map<UndoEntry, number[]>()
  const intentsOf = (entry: UndoEntry): CounterIntent[] =>
    (amounts.get(entry) ?? []).map((amount) => {
      const isIncrement = amount > 0 !== entry.isDone
      return { op: isIncrement ? 'increment' : 'decrement', amount: Math.abs(amount) }
    })
  return {
    begin: (intent) => () => ({
      kind: 'recorded',
      enter(entry) {
        const { op, amount = 1 } = intent
        amounts.set(entry, addTo(amounts.get(entry) ?? [], op === 'increment' ? amount : -amount))
      },
    }),
    plan(entry) {
      const intents = intentsOf(entry)
      return intents.length > 0 ? { intents, commit: () => undefined } : undefined
    },
    isAlive: (entry) => intentsOf(entry).length > 0,
    forget: (entry) => void amounts.delete(entry),
  }
}

/** Whole amounts become one; of fractions only each alone can be taken back exactly. */
function addTo(amounts: readonly number[], added: number): number[] {
  const last = amounts.at(-1) ?? 0
  const sum = last + added
  if (!Number.isSafeInteger(last) || !Number.isSafeInteger(added) || !Number.isSafeInteger(sum))
    return [...amounts, added]
  return sum === 0 ? amounts.slice(0, -1) : [...amounts.slice(0, -1), sum]
}
