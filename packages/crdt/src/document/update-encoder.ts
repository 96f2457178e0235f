import { ByteWriter } from '../bytes.js'
import { writeReplica } from '../codec.js'
import { DELETE, INSERT } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'
import type { LocalVersion } from '../sequence/version.js'
import { needsHistory } from './apply-update.js'
import type { DocumentCore } from './document-core.js'
import { versionOf } from './document-version.js'
import {
  AT_CARET,
  BEFORE_CARET,
  ELSEWHERE,
  HAS_HEAD,
  HAS_LENGTH,
  IS_MISFIT,
  PATCH,
} from './session-format.js'
import type { TextDocument } from './text-document.js'
import { caretAfter, zigzag } from './update-format.js'

const encoder = new TextEncoder()

/**
 * Turns what is added to a document into updates, each in terms of those before: three bytes for a typed
 * character. Every update must reach the one {@link UpdateDecoder} of the other side, in order; after a
 * connection was lost both begin anew, and what is missing goes by {@link TextDocument.encodeSince}.
 */
export class UpdateEncoder {
  private readonly document: TextDocument
  private core: DocumentCore
  private readonly writer = new ByteWriter(64)
  /** Replicas that the other side knows: their places in the list, by their number in the graph. */
  private places: number[] = []
  /** The counter after each one's last op in the session, by place. */
  private readonly ends: number[] = []
  private sent: LocalVersion
  private hasSent = false
  /** Of the next update. */
  private number = 0
  private author = -1
  private caret = 0

  /** @param document of which the other side has all there is now */
  constructor(document: TextDocument) {
    this.document = document
    this.core = document.core
    this.sent = this.core.graph.length
  }

  /**
   * What was added since the last call; undefined when nothing was.
   * @throws FlowSyncError `update/needs-history` when it was erased before; the other side needs a snapshot then
   */
  next(): Uint8Array | undefined {
    if (this.core !== this.document.core) this.follow(this.document.core)
    const { graph } = this.core
    if (this.sent === graph.length) return undefined
    this.writer.clear()
    this.writer.u8(this.number)
    let run = graph.runAt(this.sent)
    for (let from = this.sent; from < graph.length; run++) {
      const end = graph.endOf(run)
      this.writeRun(run, from, end)
      from = end
    }
    this.sent = graph.length
    this.hasSent = true
    this.number = (this.number + 1) % 256
    return this.writer.finish()
  }

  /** The document has decoded its history, or erased it, and numbers everything anew. */
  private follow(core: DocumentCore): void {
    const former = this.core.graph
    const sent = this.sent + core.shift - this.core.shift
    if (sent < 0) throw needsHistory()
    this.sent = sent
    const places: number[] = []
    this.places.forEach((place, author) => {
      places[core.graph.numberOf(former.replicaOf(author))] = place
    })
    if (this.author >= 0) this.author = core.graph.numberOf(former.replicaOf(this.author))
    this.places = places
    this.core = core
  }

  private writeRun(run: number, from: LocalVersion, end: LocalVersion): void {
    const { graph, engine } = this.core
    const { runs } = engine
    const author = graph.authorOf(run)
    const counter = graph.counterOf(run) + from - graph.startOf(run)
    const isMisfit = graph.isMisfit(run)
    let head = this.follows(run, from, author, counter) ? 0 : HAS_HEAD
    if (isMisfit) {
      this.writeMisfit(head, run, from, author, counter)
      return
    }
    let opRun = runs.runAt(from)
    for (let unit = from; unit < end; opRun++) {
      const opEnd = Math.min(runs.endOf(opRun), end)
      const kind = runs.kindWithin(opRun, unit, opEnd)
      const position = runs.positionOf(opRun, unit)
      this.writeOp(head, kind, position, opEnd - unit, opRun, unit, author, counter)
      head = 0
      unit = opEnd
    }
    this.ends[this.places[author] as number] = counter + end - from
  }

  private follows(run: number, from: LocalVersion, author: number, counter: number): boolean {
    const { graph } = this.core
    if (!this.hasSent || author !== this.author || this.ends[this.places[author] as number] !== counter)
      return false
    if (from > graph.startOf(run)) return true
    // The first unit after an erasure has no parent here, though what was erased may have had several heads.
    return from > 0 && graph.singleParentOfRun(run) === from - 1
  }

  private writeOp(
    head: number,
    kind: OpKind,
    position: number,
    units: number,
    opRun: number,
    unit: LocalVersion,
    author: number,
    counter: number,
  ): void {
    const { writer, core } = this
    const step = position - this.caret
    const place = step === 0 ? AT_CARET : step === -1 ? BEFORE_CARET : ELSEWHERE
    const content = kind === INSERT ? core.engine.runs.contentBefore(opRun, unit) : 0
    const isShort = units === 1 && (kind !== INSERT || core.inserted.unitAt(content) < 0x80)
    writer.u8(head | kind | (place << 2) | (isShort && kind !== PATCH ? 0 : HAS_LENGTH))
    if (head !== 0) this.writeHead(unit, author, counter)
    if (place === ELSEWHERE) writer.varint(zigzag(step))
    if (kind === INSERT) {
      if (isShort) writer.u8(core.inserted.unitAt(content))
      else writer.bytes(encoder.encode(core.inserted.slice(content, content + units)))
    } else if (kind === PATCH) {
      writer.varint(0)
      writer.varint(0)
    } else if (!isShort) writer.varint(units)
    this.caret = caretAfter(kind, position, units)
  }

  /** An op that did not fit is one op: what it deletes and what it inserts cannot be told apart. */
  private writeMisfit(head: number, run: number, from: LocalVersion, author: number, counter: number): void {
    const { writer } = this
    const { graph, engine, inserted } = this.core
    const { runs } = engine
    const opRun = runs.runAt(from)
    const end = graph.endOf(run)
    const position = runs.positionOf(opRun, from)
    const opEnd = Math.min(runs.endOf(opRun), end)
    const deletes = runs.kindWithin(opRun, from, opEnd) === DELETE ? opEnd - from : 0
    const content = runs.contentBefore(runs.runAt(end - 1), end - 1)
    const hasText = runs.kindOf(runs.runAt(end - 1)) === INSERT
    const text = hasText ? inserted.slice(content + 1 - (end - from - deletes), content + 1) : ''
    writer.u8(head | PATCH | (ELSEWHERE << 2) | HAS_LENGTH | IS_MISFIT)
    if (head !== 0) this.writeHead(from, author, counter)
    writer.varint(zigzag(position - this.caret))
    writer.varint(graph.countersOf(run))
    writer.varint(deletes)
    writer.bytes(encoder.encode(text))
    this.caret = position + text.length
    this.ends[this.places[author] as number] = counter + graph.countersOf(run)
  }

  private writeHead(version: LocalVersion, author: number, counter: number): void {
    const { writer } = this
    const { graph, root } = this.core
    this.writePlace(author)
    writer.varint(zigzag(counter - (this.ends[this.places[author] as number] as number)))
    this.author = author
    const parents = graph.parentsOf(version)
    if (this.hasSent && parents.length === 1 && parents[0] === version - 1) {
      writer.varint(0)
      return
    }
    const ids = parents.length === 0 ? root.version : versionOf(graph, parents)
    writer.varint(ids.length + 1)
    for (const id of ids) {
      this.writePlace(graph.numberOf(id.replica))
      writer.varint(id.counter)
    }
  }

  private writePlace(author: number): void {
    const { writer, places, ends } = this
    const known = places[author]
    writer.varint(known ?? ends.length)
    if (known !== undefined) return
    writeReplica(writer, this.core.graph.replicaOf(author))
    places[author] = ends.length
    ends.push(1)
  }
}
