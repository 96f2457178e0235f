import type { ByteReader } from './bytes.js'
import { decodeVersioned, encodeVersioned, malformed } from './codec.js'
import { ExactSum } from './exact-sum.js'
import { invalidIntent, operationOf } from './intent.js'
import type { MergeRule } from './rule.js'

/** What can be done to a counter. `amount` is 1 when absent; a negative one counts the other way. */
export type CounterIntent =
  | { readonly op: 'increment'; readonly amount?: number }
  | { readonly op: 'decrement'; readonly amount?: number }

/** The methods of a counter's handle. */
// A type, not an interface: only then it fits an index of action creators.
export type CounterActions = {
  /** Adds `amount`, 1 by default. */
  readonly increment: (amount?: number) => CounterIntent
  /** Subtracts `amount`, 1 by default. */
  readonly decrement: (amount?: number) => CounterIntent
}

/** Amounts and totals of a PN-counter: what was added and what was subtracted, summed up apart. */
interface CounterState {
  readonly added: ExactSum
  readonly subtracted: ExactSum
  cached: number | undefined
}

/** A signed amount, never 0. */
type CounterBody = number

/** The rule that {@link counter} makes. */
export type CounterRule = MergeRule<number, CounterIntent, CounterBody, CounterState, never, CounterActions>

const FORMAT = 1
/** Amounts may be this large, fractions as small as they like. */
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER

/**
 * A number that everybody can add to and subtract from at once, offline too: every change counts
 * once. (A PN-counter: Shapiro et al., "A comprehensive study of Convergent and Commutative
 * Replicated Data Types", 2011.)
 *
 * Sums are kept exactly, fractions too, and rounded once when the value is read: 0.1 added ten times
 * shows 1. Beyond 2^53 - 1 the value is the nearest double, while the sum behind it stays exact.
 */
export function counter(): CounterRule {
  return RULE
}

const RULE: CounterRule = {
  name: 'counter',
  version: 1,
  actions: {
    increment: (amount = 1) => ({ op: 'increment', amount }),
    decrement: (amount = 1) => ({ op: 'decrement', amount }),
  },

  create: () => ({ added: new ExactSum(), subtracted: new ExactSum(), cached: 0 }),

  prepare(_state, intent) {
    const op = operationOf(intent, ['increment', 'decrement'])
    const amount = amountOf(intent)
    if (amount === 0) return undefined
    return op === 'increment' ? amount : -amount
  },
  countOf: () => 1,

  apply(state, { body }) {
    if (body > 0) state.added.add(body)
    else state.subtracted.add(-body)
    state.cached = undefined
    return []
  },
  settle: () => undefined,

  value: (state) => (state.cached ??= state.added.minus(state.subtracted)),

  // The lowest bit tells the sign, the next whether a double follows instead of an integer.
  encodeBody: (body) =>
    encodeVersioned(FORMAT, (writer) => {
      const amount = Math.abs(body)
      const sign = body < 0 ? 1 : 0
      const isInteger = Number.isInteger(amount)
      writer.u8(isInteger ? sign : sign | 2)
      if (isInteger) writer.varint(amount)
      else writer.f64(amount)
    }),
  decodeBody: (bytes) => decodeVersioned('op/invalid', bytes, FORMAT, readAmount),

  encodeState: (state) =>
    encodeVersioned(FORMAT, (writer) => {
      state.added.write(writer)
      state.subtracted.write(writer)
    }),
  decodeState: (bytes) =>
    decodeVersioned('state/invalid', bytes, FORMAT, (reader) => ({
      added: ExactSum.read(reader),
      subtracted: ExactSum.read(reader),
      cached: undefined,
    })),
}

function amountOf(intent: { readonly amount?: unknown }): number {
  const { amount = 1 } = intent
  if (typeof amount !== 'number' || !Number.isFinite(amount) || Math.abs(amount) > MAX_AMOUNT) {
    throw invalidIntent(`an amount is a finite number of at most ${MAX_AMOUNT}`)
  }
  return amount
}

function readAmount(reader: ByteReader): CounterBody {
  const flags = reader.u8()
  if (flags > 3) throw malformed(`unknown flags ${flags}`)
  const isInteger = (flags & 2) === 0
  const amount = isInteger ? reader.varint(MAX_AMOUNT) : reader.f64()
  if (!(amount > 0 && amount <= MAX_AMOUNT)) throw malformed('an amount is out of range')
  if (Number.isInteger(amount) !== isInteger) throw malformed('an integer is written as a double')
  return (flags & 1) === 0 ? amount : -amount
}
