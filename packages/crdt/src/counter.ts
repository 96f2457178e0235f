import { malformed } from './bytes.js'
import type { ByteReader } from './bytes.js'
import { decodeVersioned, encodeVersioned } from './codec.js'
import { DecimalSum } from './decimal-sum.js'
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

/** A signed amount, never 0. */
type CounterBody = number

/** The rule that {@link counter} makes. */
export type CounterRule = MergeRule<number, CounterIntent, CounterBody, DecimalSum, never, CounterActions>

const FORMAT = 1
/** Amounts may be this large, fractions as small as they like. */
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER

/**
 * A number that everybody can add to and subtract from at once, offline too: every change counts
 * once. (A PN-counter: Shapiro et al., "A comprehensive study of Convergent and Commutative
 * Replicated Data Types", 2011.)
 *
 * Amounts are summed up as the decimal numbers they are written as, exactly, and the sum is rounded once
 * when the value is read: 0.1 and 0.2 make 0.3, in any order. Beyond 2^53 - 1 the value is the nearest
 * double, while the sum behind it stays exact.
 */
export function counter(): CounterRule {
  return RULE
}

const encodeAmount = (body: CounterBody) => encodeVersioned(FORMAT, (writer) => writer.text(String(body)))

/** Most steps are 1, and bytes are never changed: one array does for all of them. */
const STEP = encodeAmount(1)

const RULE: CounterRule = {
  name: 'counter',
  version: 1,
  actions: {
    increment: (amount = 1) => ({ op: 'increment', amount }),
    decrement: (amount = 1) => ({ op: 'decrement', amount }),
  },

  create: () => new DecimalSum(),

  prepare(_state, intent) {
    const op = operationOf(intent, OPERATIONS, REMEDY)
    const { amount = 1 }: { readonly amount?: unknown } = intent
    if (typeof amount !== 'number' || !(Math.abs(amount) <= MAX_AMOUNT)) {
      throw invalidIntent(`an amount is a finite number of at most ${MAX_AMOUNT}`)
    }
    if (amount === 0) return undefined
    return op === 'increment' ? amount : -amount
  },
  countOf: () => 1,

  apply(state, { body }) {
    state.add(body)
    return NONE
  },
  settle: () => undefined,

  value: (state) => state.value,

  encodeBody: (body) => (body === 1 ? STEP : encodeAmount(body)),
  decodeBody: (bytes) => decodeVersioned('op/invalid', bytes, FORMAT, readAmount),

  encodeState: (state) => encodeVersioned(FORMAT, (writer) => writer.text(state.text)),
  decodeState: (bytes) =>
    decodeVersioned('state/invalid', bytes, FORMAT, (reader) => DecimalSum.from(reader.text())),
}

const OPERATIONS = ['increment', 'decrement'] as const
const REMEDY =
  'A counter is changed by amounts: call stream.increment(amount) or stream.decrement(amount). A number that is ' +
  'set is a register'
const NONE = Object.freeze([])

function readAmount(reader: ByteReader): CounterBody {
  const text = reader.text()
  const amount = Number(text)
  if (amount === 0 || !(Math.abs(amount) <= MAX_AMOUNT) || String(amount) !== text)
    throw malformed('an amount is not in its one form, or out of range')
  return amount
}
