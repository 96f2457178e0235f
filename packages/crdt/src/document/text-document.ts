import { FlowSyncError, isFlowSyncError } from '../errors.js'
import { invalidIntent } from '../intent.js'
import { isReplicaId } from '../op.js'
import type { ReplicaId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { trimEdit } from '../sequence/trim-edit.js'
import { VersionDifference } from '../sequence/version-difference.js'
import { applyUpdate, missingParents, needsHistory, obstacleTo } from './apply-update.js'
import { DocumentCore } from './document-core.js'
import { versionOf } from './document-version.js'
import type { DocumentVersion } from './document-version.js'
import { decodeSave, encodeSave, endsOf, rootOf } from './save-codec.js'
import { decodeUpdate } from './decode-update.js'
import { encodeUpdate } from './encode-update.js'
import type { Update } from './update-format.js'

const NO_ROOT = { text: '', version: [], ends: [] }
const NO_DELTAS: readonly TextDelta[] = Object.freeze([])

/**
 * A text that replicas edit and exchange updates of by themselves, without a hub: in any order and over
 * any transport, all that hold the same ops show the same text. It is ordered as the `text` rule orders
 * (FugueMax on an event graph); positions and lengths count UTF-16 units, and no surrogate pair is ever split.
 *
 * It keeps the whole history, for {@link textAt}, {@link textDiff} and {@link blame}, run-length in typed arrays.
 *
 * ```ts
 * const mine = new TextDocument(replica)
 * mine.insert(0, 'hello')
 * yours.merge(mine.encodeSince(yours.vector))
 * ```
 */
export class TextDocument {
  readonly replica: ReplicaId
  private current: DocumentCore
  /** Updates with all ops of the root, oldest first, not decoded yet; undefined when they are gone. */
  private archive: readonly Uint8Array[] | undefined = []
  private author: number

  /** @throws FlowSyncError `config/invalid` unless `replica` is 32 lowercase hex digits, new for each instance */
  constructor(replica: ReplicaId) {
    if (!isReplicaId(replica)) {
      throw new FlowSyncError(
        'config/invalid',
        'A replica id is 32 lowercase hex digits, new for each instance.',
      )
    }
    this.replica = replica
    this.current = new DocumentCore(NO_ROOT)
    this.author = this.current.graph.numberOf(replica)
  }

  /**
   * A document from what {@link save} or {@link snapshot} made. Its history is decoded only when needed; should it
   * not make the saved text, whatever needs it throws `state/invalid` and changes nothing.
   * @param replica of the new instance, not of the one that was saved
   * @throws FlowSyncError `state/invalid` for any other bytes
   */
  static load(bytes: Uint8Array, replica: ReplicaId): TextDocument {
    const document = new TextDocument(replica)
    const { root, archive, news } = decodeSave(bytes)
    const core = new DocumentCore(root)
    if (news) mergeInto(core, news)
    document.archive = archive
    document.use(core)
    return document
  }

  private use(core: DocumentCore): void {
    this.current = core
    this.author = core.graph.numberOf(this.replica)
  }

  /** What is behind the document, for the functions of this folder. */
  get core(): DocumentCore {
    return this.current
  }

  /** The text; the same string until it changes. */
  get value(): string {
    return this.current.text.toString()
  }

  /** In UTF-16 units. */
  get length(): number {
    return this.current.text.length
  }

  /** The newest ops it holds. */
  get version(): DocumentVersion {
    const { graph, root } = this.current
    return graph.length === 0 ? root.version : versionOf(graph, graph.heads)
  }

  /**
   * The last op of each replica that it holds: a version as well, longer, and better for {@link encodeSince} of
   * a peer that may lack the newest ones and could not tell what came before them.
   */
  get vector(): DocumentVersion {
    return endsOf(this.current).map(({ replica, counter }) => ({ replica, counter: counter - 1 }))
  }

  /**
   * Inserts text; a position beyond the end is the end, and one within a surrogate pair is before it.
   * @throws FlowSyncError `op/invalid-intent` for a position or text that is none; nothing has changed
   */
  insert(position: number, text: string): void {
    const { current, author } = this
    if (typeof text !== 'string') throw invalidIntent('"text" is a well-formed string')
    const { length } = text
    const isOne = length === 1 && (text.charCodeAt(0) & 0xf800) !== 0xd800
    if (!isOne && !text.isWellFormed()) throw invalidIntent('"text" is a well-formed string')
    checkCount(position, 'position')
    const counter = current.graph.nextCounterOf(author)
    const { text: buffer } = current
    // Typing on needs no further look: no pair can be cut behind what was just inserted.
    if (length > 0 && position <= buffer.length && current.typeOn(author, counter, position, text)) return
    this.edit(position, 0, text)
  }

  /**
   * Deletes text; a range is cut to the text, and widened to whole surrogate pairs.
   * @throws FlowSyncError `op/invalid-intent` for a position or length that is none; nothing has changed
   */
  delete(position: number, length: number): void {
    checkCount(position, 'position')
    checkCount(length, 'length')
    this.edit(position, length, '')
  }

  /**
   * Deletes as {@link delete} does and inserts text in the same place. What both texts begin and end with stays as
   * it is, so that replacing a whole text by an edited one is the small edit that was made to it.
   */
  replace(position: number, length: number, text: string): void {
    checkCount(position, 'position')
    checkCount(length, 'length')
    if (typeof text !== 'string' || !text.isWellFormed())
      throw invalidIntent('"text" is a well-formed string')
    this.edit(position, length, text)
  }

  private edit(position: number, length: number, text: string): void {
    const { current, author } = this
    const { engine, graph } = current
    engine.fit(position, length)
    const fitting = { position: engine.fitPosition, deleteCount: engine.fitCount, insert: text }
    const { position: start, deleteCount, insert } = trimEdit(current.text, fitting)
    if (deleteCount === 0 && insert === '') return
    current.patchNext(author, graph.nextCounterOf(author), start, deleteCount, insert)
  }

  /**
   * All ops that are not part of a version, as bytes for {@link merge}. What the version names and this
   * document does not hold is passed over, with all that only it would tell: ask with a {@link vector}.
   * @throws FlowSyncError `update/needs-history` for a version before the snapshot that the document began with
   */
  encodeSince(version: DocumentVersion): Uint8Array {
    const frontier = this.current.frontierOf(version) ?? this.open().frontierOf(version)
    if (!frontier) throw needsHistory()
    const { current } = this
    const ranges: number[] = []
    if (frontier.length === 0) {
      if (current.graph.length > 0) ranges.push(0, current.graph.length - 1)
    } else {
      const difference = new VersionDifference()
      difference.compare(current.graph, current.graph.heads, frontier, 0)
      const { retreat } = difference
      for (let at = retreat.length - 2; at >= 0; at -= 2)
        ranges.push(retreat[at] as number, retreat[at + 1] as number)
    }
    return encodeUpdate(current, ranges)
  }

  /**
   * Merges what {@link encodeSince} of another replica made. Ops that are held already change nothing.
   *
   * @returns what changed, in order, to map carets and selections through
   * @throws FlowSyncError `update/invalid` for other bytes; `update/missing-parents` (retryable) when it builds
   *   on ops that are not here (`details.missing`); `update/needs-history` when it was made before the snapshot
   *   that this document began with. Nothing has changed then.
   */
  merge(update: Uint8Array): readonly TextDelta[] {
    const decoded = decodeOrRefuse(update, 'update/invalid')
    this.admit(decoded)
    return this.collect(() => applyUpdate(this.current, decoded))
  }

  /** Sees to it that an update can be merged. @throws FlowSyncError as {@link merge} does */
  admit(update: Update): void {
    const obstacle = obstacleTo(this.current, update)
    if (obstacle?.kind === 'missing-parents') throw missingParents(obstacle.missing)
    if (obstacle) this.openForMerge()
  }

  /** Decodes the history. @throws FlowSyncError `update/needs-history` when there is none */
  private openForMerge(): void {
    if (this.current.root.version.length > 0 && !this.archive) throw needsHistory()
    this.open()
  }

  /** Runs something that merges ops and tells what it changed. */
  collect(merge: () => void): readonly TextDelta[] {
    const { current } = this
    const deltas: TextDelta[] = []
    current.content.deltas = deltas
    try {
      merge()
    } finally {
      current.content.deltas = undefined
    }
    return deltas.length === 0 ? NO_DELTAS : deltas
  }

  /** The core with all history there is. */
  open(): DocumentCore {
    const { archive, current } = this
    if (!archive || archive.length === 0) return current
    const whole = new DocumentCore(NO_ROOT)
    for (const update of archive) mergeInto(whole, update)
    whole.shift = current.shift + whole.graph.length
    const news = current.graph.length > 0 ? encodeUpdate(current, [0, current.graph.length - 1]) : undefined
    if (news) mergeInto(whole, news)
    if (whole.text.toString() !== current.text.toString()) throw brokenHistory()
    this.archive = []
    this.use(whole)
    return whole
  }

  /**
   * Text, version and the whole history, for {@link load}. Ops that are only in bytes yet stay so; those from
   * before a snapshot that the document began with are gone.
   */
  save(): Uint8Array {
    if (this.archive && this.archive.length >= MAX_ARCHIVES) this.open()
    const { archive, current } = this
    const { length } = current.graph
    const news = length > 0 ? encodeUpdate(current, [0, length - 1]) : undefined
    if (!archive) return encodeSave({ root: current.root, archive, news })
    const root = rootOf(current, this.version)
    return encodeSave({ root, archive: news ? [...archive, news] : archive, news: undefined })
  }

  /** Text and version alone, for {@link load}: all that a replica needs that joins. */
  snapshot(): Uint8Array {
    return encodeSave({ root: rootOf(this.current, this.version), archive: undefined, news: undefined })
  }

  /** Forgets the history: what remains is what a snapshot holds. Updates made before can no longer be merged. */
  erase(): void {
    const root = rootOf(this.current, this.version)
    const core = new DocumentCore(root)
    core.shift = this.current.shift - this.current.graph.length
    this.archive = undefined
    this.use(core)
  }
}

/** With as many updates in the archive, saving puts them into one. */
const MAX_ARCHIVES = 16

function mergeInto(core: DocumentCore, bytes: Uint8Array): void {
  const update = decodeOrRefuse(bytes, 'state/invalid')
  if (obstacleTo(core, update)) throw brokenHistory()
  applyUpdate(core, update)
}

function brokenHistory(): FlowSyncError<'state/invalid'> {
  return new FlowSyncError(
    'state/invalid',
    'The saved history does not make the saved text; load a snapshot instead.',
  )
}

function decodeOrRefuse(bytes: Uint8Array, code: 'update/invalid' | 'state/invalid'): Update {
  try {
    return decodeUpdate(bytes)
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError(code, cause.message, { cause })
    throw cause
  }
}

function checkCount(value: number, name: string): void {
  // The one operator that leaves nothing but such a number as it is.
  if (value >>> 0 === value) return
  throw invalidIntent(`"${name}" is a whole number from 0, counted in UTF-16 units`)
}
