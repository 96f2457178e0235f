import type { OpId } from '../op.js'
import { SequenceEngine } from '../sequence/engine.js'
import { EventGraph } from '../sequence/event-graph.js'
import { BACKSPACE, DELETE, INSERT } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'
import type { TextBuffer } from '../sequence/text-buffer.js'
import { TextContent } from '../sequence/text-content.js'
import { START } from '../sequence/version.js'
import type { Frontier, LocalVersion } from '../sequence/version.js'
import { addTextDelta } from '../text-delta.js'
import { InsertedText } from './inserted-text.js'

/** What {@link DocumentCore.locate} answers for a unit that belongs to what the core began with. */
export const IN_ROOT = -1
/** What {@link DocumentCore.locate} answers for a unit that it does not hold. */
export const UNKNOWN = -2

/** What a core begins with: the result of ops that it does not hold. */
export interface Root {
  readonly text: string
  /** The newest of those ops. */
  readonly version: readonly OpId[]
  /** For each replica, the counter after its last one among those ops. */
  readonly ends: readonly OpId[]
}

/** The text, the graph and the inserted text of a document, kept in step. */
export class DocumentCore {
  readonly root: Root
  readonly graph = new EventGraph()
  readonly content: TextContent
  readonly text: TextBuffer
  readonly inserted = new InsertedText()
  readonly engine: SequenceEngine
  /** What to add to a unit's number when the document came to this core from those it had before. */
  shift = 0

  constructor(root: Root) {
    // Documents hand it out as their version.
    for (const id of root.version) Object.freeze(id)
    Object.freeze(root.version)
    this.root = root
    this.content = new TextContent(root.text)
    this.text = this.content.text
    this.engine = new SequenceEngine(this.graph, this.content, true)
    for (const { replica, counter } of root.ends) this.graph.skipTo(this.graph.numberOf(replica), counter)
  }

  /** Merges a patch. What does not fit at the version it was made at is made to. */
  patch(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    position: number,
    deleteCount: number,
    insert: string,
  ): void {
    this.content.insert = insert
    this.inserted.append(insert)
    this.engine.apply(author, counter, counters, parents, position, deleteCount, insert.length)
  }

  /** Merges a patch of somebody who knows everything, and that fits. */
  patchNext(author: number, counter: number, position: number, deleteCount: number, insert: string): void {
    this.content.insert = insert
    if (insert !== '') this.inserted.append(insert)
    const count = deleteCount + insert.length
    this.engine.applyNext(author, counter, count, position, deleteCount, insert.length)
  }

  /** Merges consecutive units of one author that do one thing. */
  applyRun(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    kind: OpKind,
    position: number,
    count: number,
    insert: string,
  ): void {
    if (kind === INSERT) this.patch(author, counter, counters, parents, position, 0, insert)
    else if (kind === BACKSPACE) {
      this.engine.applyBackspaces(author, counter, counters, parents, position, count)
    } else this.patch(author, counter, counters, parents, position, kind === DELETE ? count : 0, '')
  }

  /** Inserts what the author typed on after his last unit; false when it is not that. */
  typeOn(author: number, counter: number, position: number, insert: string): boolean {
    if (!this.engine.typeOn(author, counter, position, insert.length)) return false
    this.inserted.append(insert)
    this.text.insert(position, insert)
    const { deltas } = this.content
    if (deltas) addTextDelta(deltas, { position, deleteCount: 0, insert })
    return true
  }

  /**
   * The unit with a counter, or {@link IN_ROOT}, or {@link UNKNOWN}. A counter within an op that did not
   * fit, or within a surrogate pair, stands for all of it.
   */
  locate(author: number, counter: number): LocalVersion {
    const { graph } = this
    if (counter >= graph.nextCounterOf(author)) return UNKNOWN
    const run = graph.runWith(author, counter)
    if (run < 0) return IN_ROOT
    if (graph.isMisfit(run)) return graph.endOf(run) - 1
    const version = graph.startOf(run) + counter - graph.counterOf(run)
    return version + 1 < graph.endOf(run) && this.isWithinPair(version + 1) ? version + 1 : version
  }

  /** What an op was made at: these units and the author's former one, which is known whatever the op says. */
  withOwn(author: number, counter: number, parents: Frontier): Frontier {
    const own = counter > 1 ? this.locate(author, counter - 1) : IN_ROOT
    if (own < 0 || parents.includes(own) || this.graph.holds(parents, own)) return parents
    return [...parents, own].sort((left, right) => left - right)
  }

  /** Whether a unit inserted or deleted the second half of a surrogate pair. */
  private isWithinPair(version: LocalVersion): boolean {
    const { runs } = this.engine
    const run = runs.runAt(version)
    if (runs.kindOf(run) === DELETE) return runs.hasTails && runs.isTail(version)
    if (runs.kindOf(run) !== INSERT || version === runs.startOf(run)) return false
    return (this.inserted.unitAt(runs.contentBefore(run, version)) & 0xfc00) === 0xdc00
  }

  /** True when these ops are all of the newest of what the core began with. */
  coversRoot(ids: readonly OpId[]): boolean {
    return this.root.version.every((one) =>
      ids.some(({ replica, counter }) => replica === one.replica && counter >= one.counter),
    )
  }

  /**
   * The frontier of a version; ids that are not held are left out.
   * @returns undefined when the version lies before what the core began with
   */
  frontierOf(ids: readonly OpId[]): Frontier | undefined {
    const frontier: LocalVersion[] = []
    for (const { replica, counter } of ids) {
      const author = this.graph.findNumber(replica)
      if (author === undefined) continue
      const known = Math.min(counter, this.graph.nextCounterOf(author) - 1)
      const version = known < 1 ? UNKNOWN : this.locate(author, known)
      if (version >= 0) frontier.push(version)
    }
    if (frontier.length > 0) return frontier
    return this.coversRoot(ids) ? START : undefined
  }
}
