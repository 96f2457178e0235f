import { covers } from './causality.js'
import type { Dot } from './causality.js'
import { decodeVersioned, encodeVersioned, malformed } from './codec.js'
import { operationOf } from './intent.js'
import type { AppliedOp, MergeRule } from './rule.js'
import { elementOf, readElementText, toElementText } from './set-element.js'
import type { SetElement } from './set-element.js'
import { createSetState, readSetState, readValue, writeSetState } from './set-state.js'
import type { SetState } from './set-state.js'

/** What can be done to a set. */
export type SetIntent<T extends SetElement = SetElement> =
  { readonly op: 'add'; readonly value: T } | { readonly op: 'delete'; readonly value: T }

/** The methods of a set's handle. */
export type SetActions<T extends SetElement = SetElement> = {
  readonly add: (value: T) => SetIntent<T>
  readonly delete: (value: T) => SetIntent<T>
}

/** One change of a set. */
interface SetBody {
  readonly op: 'add' | 'delete'
  /** The element's JSON text. */
  readonly text: string
}

/** What {@link set} may be told. */
export interface SetOptions {
  /** True: an element that was removed never returns, even when it is added at the same time. */
  readonly twoPhase?: boolean
}

/** The rule that {@link set} makes. */
export type SetRule<T extends SetElement = SetElement> = MergeRule<
  ReadonlySet<T>,
  SetIntent<T>,
  SetBody,
  SetState,
  never,
  SetActions<T>
>

const FORMAT = 1

/**
 * A set of strings, numbers, booleans and null in which adding wins: a delete removes what its author
 * saw, so an element that somebody adds at the same time stays. (Observed-remove set without
 * tombstones: Bieniusa et al., "An optimized conflict-free replicated set", 2012.)
 *
 * Elements stand in the order in which the hub placed their adds, own pending ones last; adding an
 * element again moves it to the end. A set that shrinks takes less space again.
 *
 * With `twoPhase` removing wins for ever, and what was removed is remembered for ever (2P-set). Such
 * a stream has a rule of its own name, `set-2p`, so that the two kinds cannot be mixed up.
 */
export function set<T extends SetElement = string>({ twoPhase = false }: SetOptions = {}): SetRule<T> {
  return {
    name: twoPhase ? 'set-2p' : 'set',
    version: 1,
    actions: {
      add: (value) => ({ op: 'add', value }),
      delete: (value) => ({ op: 'delete', value }),
    },

    create: () => createSetState(twoPhase),

    prepare(state, intent) {
      const op = operationOf(intent, ['add', 'delete'])
      const text = toElementText(intent.value)
      return changesNothing(state, op, text) ? undefined : { op, text }
    },
    countOf: () => 1,

    apply(state, op) {
      if (op.body.op === 'add') add(state, op)
      else remove(state, op)
      return []
    },
    settle,

    // Elements are what the authors' types say; a hub that checks nothing else lets any element pass.
    value: (state) => readValue(state) as ReadonlySet<T>,

    encodeBody: ({ op, text }) =>
      encodeVersioned(FORMAT, (writer) => {
        writer.u8(op === 'add' ? 0 : 1)
        writer.string(text)
      }),
    decodeBody: (bytes) =>
      decodeVersioned('op/invalid', bytes, FORMAT, (reader) => {
        const kind = reader.u8()
        if (kind > 1) throw malformed(`unknown operation ${kind}`)
        return { op: kind === 0 ? 'add' : 'delete', text: readElementText(reader) }
      }),

    encodeState: (state) => encodeVersioned(FORMAT, (writer) => writeSetState(writer, state)),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => readSetState(reader, twoPhase, seq)),
  }
}

function changesNothing({ entries, banned }: SetState, op: SetBody['op'], text: string): boolean {
  const isPresent = entries.has(text)
  if (op === 'delete') return !isPresent
  // Adding again protects an element from concurrent deletes, but not in a two-phase set.
  return banned !== undefined && (isPresent || banned.has(text))
}

function add(state: SetState, op: AppliedOp<SetBody>): void {
  const { text } = op.body
  if (state.banned?.has(text)) return
  const entry = state.entries.get(text)
  const others = entry?.dots.filter((dot) => !covers(op, dot)) ?? []
  const dot: Dot = { replica: op.replica, counter: op.counter, seq: op.seq }
  // An element whose former adds are all replaced moves to the end.
  if (entry && others.length === 0) state.entries.delete(text)
  state.entries.set(text, { value: entry?.value ?? elementOf(text), dots: [...others, dot] })
  state.isStale = true
}

function remove(state: SetState, op: AppliedOp<SetBody>): void {
  const { text } = op.body
  const entry = state.entries.get(text)
  state.banned?.add(text)
  if (!entry) return
  const others = state.banned ? [] : entry.dots.filter((dot) => !covers(op, dot))
  if (others.length === entry.dots.length) return
  if (others.length === 0) state.entries.delete(text)
  else state.entries.set(text, { value: entry.value, dots: others })
  state.isStale = true
}

function settle(state: SetState, op: AppliedOp<SetBody> & { readonly seq: number }): void {
  const entry = state.entries.get(op.body.text)
  if (!entry || op.body.op === 'delete') return
  const { replica, counter, seq } = op
  const isIt = (dot: Dot) => dot.replica === replica && dot.counter === counter
  if (!entry.dots.some(isIt)) return
  const dots = entry.dots.map((dot) => (isIt(dot) ? { replica, counter, seq } : dot))
  state.entries.set(op.body.text, { value: entry.value, dots })
  state.isStale = true
}
