import { malformed } from './bytes.js'
import { readCells, writeCells } from './cells-codec.js'
import { Cells } from './cells.js'
import { decodeHeaded, decodeVersioned, encodeVersioned } from './codec.js'
import { readTexts, writeTexts } from './columns.js'
import { invalidIntent, operationOf } from './intent.js'
import { parseJson } from './json.js'
import type { Json } from './json.js'
import { readOnlySet } from './read-only-set.js'
import type { MergeRule } from './rule.js'

/** What a set can hold: values that are equal when they look the same. */
export type SetElement = string | number | boolean | null

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
  readonly element: SetElement
}

/** What {@link set} may be told. */
export interface SetOptions {
  /** True: an element that was removed never returns, even when it is added at the same time. */
  readonly twoPhase?: boolean
}

/** What a set knows; nothing is kept of what was removed, unless it must never return. */
interface SetState {
  /** The adds that keep each element. Elements whose adds are all pending stand in the order of these adds. */
  readonly cells: Cells<SetElement>
  /** Removed elements; undefined when they may be added again. */
  readonly banned: Set<SetElement> | undefined
  /** The value last handed out. */
  value: ReadonlySet<SetElement>
  /** True when `value` may be another now. */
  isStale: boolean
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
const EMPTY = readOnlySet<SetElement>([])
const OPERATIONS = ['add', 'delete'] as const
const REMEDY = 'A set takes edits of elements: call stream.add(value) or stream.delete(value)'
/** The JSON text of an element may have this many bytes in UTF-8. */
const SET_MAX_ELEMENT_BYTES = 65_536

/**
 * A set of strings, numbers, booleans and null in which adding wins: a delete removes what its author
 * saw, so an element that somebody adds at the same time stays. (Observed-remove set without
 * tombstones: Bieniusa et al., "An optimized conflict-free replicated set", 2012.)
 *
 * Elements stand in the order in which the hub placed their adds, own pending ones last; adding an
 * element again moves it to the end. A set that shrinks takes less space again.
 *
 * The value is a `Set` that cannot be changed: its `add`, `delete` and `clear` throw `value/read-only`.
 *
 * With `twoPhase` removing wins for ever, and what was removed is remembered for ever (2P-set). Such
 * a stream has a rule of its own name, `set-2p`, so that the two kinds cannot be mixed up.
 */
export function set<T extends SetElement = string>({ twoPhase = false }: SetOptions = {}): SetRule<T> {
  const createState = (cells: Cells<SetElement>, banned: Iterable<SetElement>): SetState => ({
    cells,
    banned: twoPhase ? new Set(banned) : undefined,
    value: EMPTY,
    isStale: true,
  })

  return {
    name: twoPhase ? 'set-2p' : 'set',
    version: 1,
    actions: {
      add: (value) => ({ op: 'add', value }),
      delete: (value) => ({ op: 'delete', value }),
    },

    create: () => createState(new Cells(), []),

    prepare({ cells, banned }, intent) {
      const op = operationOf(intent, OPERATIONS, REMEDY)
      const element = toElement(intent.value)
      const isPresent = cells.has(element)
      // Adding again protects an element from concurrent deletes, but not in a two-phase set.
      const changesNothing = op === 'delete' ? !isPresent : banned && (isPresent || banned.has(element))
      return changesNothing ? undefined : { op, element }
    },
    countOf: () => 1,

    apply(state, op) {
      const { cells, banned } = state
      const { element } = op.body
      const isDelete = op.body.op === 'delete'
      if (isDelete) banned?.add(element)
      else if (banned?.has(element)) return []
      // Removed first, an element of which all adds are replaced moves to the end.
      const hasChanged = cells.remove(element, isDelete && banned ? undefined : op)
      if (!isDelete) cells.write(element, op, 0, undefined)
      state.isStale ||= hasChanged || !isDelete
      return []
    },
    settle(state, op) {
      if (state.cells.settle(op.body.element, op)) state.isStale = true
    },

    // Elements are what the authors' types say; a hub that checks nothing else lets any element pass.
    value: (state) => readValue(state) as ReadonlySet<T>,

    encodeBody: ({ op, element }) =>
      encodeVersioned(FORMAT + (op === 'delete' ? 128 : 0), (writer) => writer.text(JSON.stringify(element))),
    decodeBody: (bytes) =>
      decodeHeaded(bytes, FORMAT, (reader, isDelete) => {
        if (reader.remaining > SET_MAX_ELEMENT_BYTES) throw malformed('an element is too long')
        return { op: isDelete ? 'delete' : 'add', element: asElement(parseJson(reader.text())) }
      }),

    encodeState: ({ cells, banned }) =>
      encodeVersioned(FORMAT, (writer) => {
        writer.u8(banned ? 1 : 0)
        writeCells(writer, cells, false)
        if (banned?.size) writeTexts(writer, Array.from(banned, (element) => JSON.stringify(element)).sort())
      }),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => {
        if (reader.u8() !== (twoPhase ? 1 : 0)) throw malformed('a set of the other kind')
        const cells = readCells(reader, isElement, seq, false)
        const banned = twoPhase && reader.remaining > 0 ? readTexts(reader) : []
        return createState(
          cells,
          banned.map((text) => asElement(parseJson(text))),
        )
      }),
  }
}

function toElement(input: unknown): SetElement {
  if (!isElement(input)) throw invalidIntent('an element is a string, a finite number, a boolean or null')
  // A UTF-16 unit takes three bytes at most, an escaped one six.
  if (typeof input !== 'string' || input.length * 6 + 2 <= SET_MAX_ELEMENT_BYTES) return input
  if (new TextEncoder().encode(JSON.stringify(input)).length <= SET_MAX_ELEMENT_BYTES) return input
  throw invalidIntent(`an element takes at most ${SET_MAX_ELEMENT_BYTES} bytes`)
}

function isElement(input: unknown): input is SetElement {
  if (typeof input === 'number') return Number.isFinite(input)
  return typeof input === 'string' || typeof input === 'boolean' || input === null
}

function asElement(value: Json): SetElement {
  if (isElement(value)) return value
  throw malformed('an element of another type')
}

/** The set as users see it; the former one as long as its elements and their order are the same. */
function readValue(state: SetState): ReadonlySet<SetElement> {
  if (!state.isStale) return state.value
  state.isStale = false
  const { cells } = state
  const first = new Map<SetElement, number>()
  for (const key of cells.keys()) {
    let seq = Infinity
    for (const row of cells.rows(key)) seq = Math.min(seq, cells.seqs[row] ?? Infinity)
    first.set(key, seq)
  }
  // By the place of the first add that still counts; those without a place come last, as they were made.
  const elements = [...first].sort(([, left], [, right]) => left - right || 0).map(([element]) => element)
  const former = [...state.value]
  const isSame = elements.length === former.length && elements.every((each, index) => each === former[index])
  if (!isSame) state.value = readOnlySet(elements)
  return state.value
}
