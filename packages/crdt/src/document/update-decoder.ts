import { ByteReader } from '../bytes.js'
import { malformed, readReplica } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import type { OpId } from '../op.js'
import { BACKSPACE, DELETE, INSERT, NOTHING } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'
import type { LocalVersion } from '../sequence/version.js'
import type { TextDelta } from '../text-delta.js'
import { applyUpdate } from './apply-update.js'
import { readParentCount } from './decode-update.js'
import type { DocumentCore } from './document-core.js'
import { BEFORE_CARET, ELSEWHERE, HAS_HEAD, HAS_LENGTH, IS_MISFIT, PATCH } from './session-format.js'
import { SessionState } from './session-state.js'
import type { TextDocument } from './text-document.js'
import { MAX_UNITS, caretAfter, unzigzag } from './update-format.js'
import type { GraphRun, OpRun } from './update-format.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const NO_BYTES = new Uint8Array()
/** Ops with more parents than that are no common ones. */
const MAX_SHORT_PARENTS = 8

/** Merges the updates of one {@link UpdateEncoder}, in the order in which it made them. */
export class UpdateDecoder {
  private readonly document: TextDocument
  private readonly state = new SessionState()
  /** The core that `numbers` and `last` belong to. */
  private core: DocumentCore | undefined
  /** The replicas' numbers in the graph, by their places. */
  private readonly numbers: number[] = []
  /** The last unit of the session in the graph. */
  private last: LocalVersion = -1
  /** Of the next update. */
  private number = 0
  /** What {@link readSmall} reads from. */
  private bytes: Uint8Array = NO_BYTES
  private at = 0

  constructor(document: TextDocument) {
    this.document = document
  }

  /**
   * Merges an update.
   * @returns what changed, in order
   * @throws FlowSyncError as {@link TextDocument.merge} does, and `update/out-of-order` (retryable) when updates
   *   of the session are missing before it, or it was merged before. Nothing has changed then, and the same
   *   update may be merged later.
   */
  merge(bytes: Uint8Array): readonly TextDelta[] {
    if (bytes.length > 0 && bytes[0] !== this.number) throw outOfOrder(this.number, bytes[0] as number)
    const deltas = this.mergeOne(bytes) ?? this.mergeAny(bytes)
    this.number = (this.number + 1) % 256
    return deltas
  }

  /**
   * Most updates are one op of replicas that are known, which does what they do while typing. They take a
   * short way, which leaves all else to the long one: it changes nothing before it is sure.
   */
  private mergeOne(bytes: Uint8Array): readonly TextDelta[] | undefined {
    const { state, core } = this
    const head = bytes[1] as number
    const kind = head & 3
    const place = (head >> 2) & 3
    const isUsual = head < IS_MISFIT && kind <= DELETE && place <= ELSEWHERE && (head & HAS_LENGTH) === 0
    if (!isUsual || core === undefined || core !== this.document.core) return undefined
    this.bytes = bytes
    this.at = 2
    let { author } = state
    let counter = state.endOf(author)
    let parents: readonly LocalVersion[] | undefined
    if ((head & HAS_HEAD) !== 0) {
      author = this.readSmall()
      counter = state.endOf(author) + unzigzag(this.readSmall())
      parents = this.readParents(core)
      if (!parents) return undefined
    }
    const number = this.numbers[author]
    if (number === undefined || core.graph.nextCounterOf(number) !== counter) return undefined
    if (parents) parents = core.withOwn(number, counter, parents)
    const step = place === ELSEWHERE ? unzigzag(this.readSmall()) : place === BEFORE_CARET ? -1 : 0
    const position = state.caret + step
    const unit = kind === INSERT ? (bytes[this.at++] as number) : 0
    if (!(position >= 0 && position <= MAX_UNITS && unit < 0x80) || this.at !== bytes.length) return undefined

    const insert = kind === INSERT ? String.fromCharCode(unit) : ''
    const deltas: TextDelta[] = []
    core.content.deltas = deltas
    const goesOn = kind === INSERT && parents === undefined && this.last === core.graph.length - 1
    if (!goesOn || !core.typeOn(number, counter, position, insert)) {
      core.patch(number, counter, 1, parents ?? [this.last], position, kind === INSERT ? 0 : 1, insert)
    }
    core.content.deltas = undefined
    state.step(author, counter + 1, position + insert.length)
    this.last = core.graph.length - 1
    return deltas
  }

  /** A number of up to three bytes; NaN, which nothing is equal to or above, for all else. */
  private readSmall(): number {
    const { bytes } = this
    let value = 0
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = bytes[this.at++] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return byte === 0 && shift > 0 ? Number.NaN : value
    }
    return Number.NaN
  }

  /** Parents that are all held, a few of different replicas; undefined for all else. */
  private readParents(core: DocumentCore): readonly LocalVersion[] | undefined {
    const count = this.readSmall()
    if (count === 0) return [this.last]
    if (count > MAX_SHORT_PARENTS + 1) return undefined
    const parents: LocalVersion[] = []
    const authors: number[] = []
    for (let left = count - 1; left > 0; left--) {
      const number = this.numbers[this.readSmall()]
      // Twice the same replica is for the long way to see to: only its newest op is a parent.
      if (number === undefined || authors.includes(number)) return undefined
      const version = core.locate(number, this.readSmall())
      if (!(version >= 0)) return undefined
      parents.push(version)
      authors.push(number)
    }
    return parents.length > 0 ? parents : undefined
  }

  private mergeAny(bytes: Uint8Array): readonly TextDelta[] {
    const { document, state } = this
    try {
      const ops = decode(bytes, state)
      document.admit(ops)
      const deltas = document.collect(() => applyUpdate(document.core, ops))
      state.keep()
      if (state.author >= 0) this.remember()
      return deltas
    } catch (error) {
      state.takeBack()
      throw error
    }
  }

  private remember(): void {
    const { state, numbers } = this
    const { core } = this.document
    if (core !== this.core) numbers.length = 0
    while (numbers.length < state.count) numbers.push(core.graph.numberOf(state.replicaAt(numbers.length)))
    this.last = core.locate(numbers[state.author] as number, state.endOf(state.author) - 1)
    this.core = this.last < 0 ? undefined : core
  }
}

function outOfOrder(expected: number, received: number): FlowSyncError<'update/out-of-order'> {
  return new FlowSyncError(
    'update/out-of-order',
    `The session goes on with update ${expected}, not ${received}; merge that first, or begin a new session.`,
    { retryable: true, details: { expected, received } },
  )
}

interface Ops {
  readonly graphRuns: GraphRun[]
  readonly opRuns: OpRun[]
  inserted: string
}

function decode(bytes: Uint8Array, state: SessionState): Ops {
  try {
    const ops: Ops = { graphRuns: [], opRuns: [], inserted: '' }
    const reader = new ByteReader(bytes)
    // The number, which was looked at before.
    reader.u8()
    while (reader.remaining > 0) readOp(reader, state, ops)
    return ops
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('update/invalid', cause.message, { cause })
    throw cause
  }
}

function readOp(reader: ByteReader, state: SessionState, ops: Ops): void {
  const head = reader.u8()
  const kind = head & 3
  const place = (head >> 2) & 3
  const isMisfit = (head & IS_MISFIT) !== 0
  if (head > 0x7f || place > ELSEWHERE || (isMisfit && kind !== PATCH))
    throw malformed(`unknown flags ${head}`)
  const { before } = state
  const parents = (head & HAS_HEAD) === 0 ? undefined : readHead(reader, state, before)
  if (!before && !parents) throw malformed('the first op follows none')
  const step =
    place === ELSEWHERE ? unzigzag(reader.varint(2 * MAX_UNITS + 1)) : place === BEFORE_CARET ? -1 : 0
  const position = state.caret + step
  if (position < 0 || position > MAX_UNITS) throw malformed('a position is out of range')
  const taken = isMisfit ? reader.varint() : 0
  const hasLength = (head & HAS_LENGTH) !== 0
  const isCounted = kind === PATCH || (kind !== INSERT && hasLength)
  const deleted = isCounted ? reader.varint(MAX_UNITS) : kind === INSERT ? 0 : 1
  if (deleted === 0 && (kind === DELETE || kind === BACKSPACE)) throw malformed('an op without units')
  const text = kind === INSERT || kind === PATCH ? readText(reader, hasLength) : ''
  if (kind === INSERT && text === '') throw malformed('an op without units')

  const units = Math.max(1, deleted + text.length)
  const counters = isMisfit ? taken : units
  if (counters < 1 || (isMisfit && counters === units)) throw malformed('an op that fits is said not to')
  const replica = state.replicaAt(state.author)
  const counter = state.endOf(state.author)
  if (!Number.isSafeInteger(counter + counters)) throw malformed('a counter is out of range')
  ops.graphRuns.push({ replica, counter, units, counters, parents: parents ?? [before as OpId] })
  addRuns(ops, kind, position, deleted, text)
  state.setEnd(state.author, counter + counters)
  state.caret = kind === PATCH ? position + text.length : caretAfter(kind as OpKind, position, units)
}

function addRuns(ops: Ops, kind: number, position: number, deleted: number, text: string): void {
  const { opRuns } = ops
  ops.inserted += text
  if (deleted > 0) opRuns.push({ kind: kind === BACKSPACE ? BACKSPACE : DELETE, position, units: deleted })
  if (text !== '') opRuns.push({ kind: INSERT, position, units: text.length })
  if (deleted === 0 && text === '') opRuns.push({ kind: NOTHING, position, units: 1 })
}

function readHead(reader: ByteReader, state: SessionState, before: OpId | undefined): readonly OpId[] {
  const author = readPlace(reader, state)
  const counter = state.endOf(author) + unzigzag(reader.varint())
  if (counter < 1 || !Number.isSafeInteger(counter)) throw malformed('a counter is out of range')
  state.author = author
  state.setEnd(author, counter)
  const count = readParentCount(reader)
  if (count === 0) {
    if (!before) throw malformed('the first op follows none')
    return [before]
  }
  const parents: OpId[] = []
  for (let left = count - 1; left > 0; left--) {
    const replica = state.replicaAt(readPlace(reader, state))
    const parent = reader.varint()
    if (parent < 1) throw malformed('a counter is out of range')
    parents.push({ replica, counter: parent })
  }
  return parents
}

/** A replica's place in the list; a new one is introduced. */
function readPlace(reader: ByteReader, state: SessionState): number {
  const place = reader.varint(state.count)
  if (place === state.count && !state.introduce(readReplica(reader))) {
    throw malformed('a replica is introduced twice')
  }
  return place
}

function readText(reader: ByteReader, hasLength: boolean): string {
  if (!hasLength) {
    const unit = reader.u8()
    if (unit > 0x7f) throw malformed('a character beyond ASCII without its length')
    return String.fromCharCode(unit)
  }
  try {
    return decoder.decode(reader.bytes())
  } catch (cause) {
    throw malformed('a text is not valid UTF-8', cause)
  }
}
