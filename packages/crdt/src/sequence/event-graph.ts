import type { ReplicaId } from '../op.js'
import { Column } from './column.js'
import { FrontierColumn, START } from './version.js'
import type { Frontier, LocalVersion } from './version.js'

/** The runs of one replica, in the order of their counters. */
interface Chain {
  readonly runs: number[]
  /** The counter after the last one. */
  end: number
}

/**
 * The event graph: which units there are, whose they are, and what their authors knew. It holds nothing
 * of what they do.
 *
 * Units are kept as runs: consecutive units of one replica, each made on the one before. All units of a
 * run but the first have that one as their only parent.
 */
export class EventGraph {
  /** By number, in the order in which they appeared. */
  readonly replicas: ReplicaId[] = []
  private readonly numbers = new Map<ReplicaId, number>()
  private readonly chains: Chain[] = []
  private readonly starts = new Column('int32')
  private readonly authors = new Column('int32')
  private readonly counters = new Column('safe')
  private readonly parents = new FrontierColumn()
  /** How many counters runs take that have another number of units: ops that did not fit. */
  private readonly misfits = new Map<number, number>()
  private units = 0
  /** The newest units but for the last one, which is always one of them. */
  private readonly otherHeads = new Set<LocalVersion>()
  /** The author of the last run, and the counter that would continue it; 0 when none would. */
  private tipAuthor = -1
  private tipCounter = 0
  /** The counter after that author's last one; the chain learns of it when somebody else makes a run. */
  private tipEnd = 1

  /** How many units it holds; also the local version of the next one. */
  get length(): number {
    return this.units
  }

  get runCount(): number {
    return this.starts.length
  }

  /** The newest units: all others are in their past. */
  get heads(): Frontier {
    return this.units === 0 ? START : [...this.otherHeads, this.units - 1]
  }

  /** The only head; below 0 when there is none or several. */
  get singleHead(): number {
    return this.otherHeads.size === 0 ? this.units - 1 : -2
  }

  /** A replica's number; it is given one when it has none. */
  numberOf(replica: ReplicaId): number {
    const known = this.numbers.get(replica)
    if (known !== undefined) return known
    this.numbers.set(replica, this.replicas.length)
    this.chains.push({ runs: [], end: 1 })
    return this.replicas.push(replica) - 1
  }

  /** A replica's number, if it has one. */
  findNumber(replica: ReplicaId): number | undefined {
    return this.numbers.get(replica)
  }

  replicaOf(author: number): ReplicaId {
    return this.replicas[author] as ReplicaId
  }

  private chain(author: number): Chain {
    return this.chains[author] as Chain
  }

  /** The counter that the next unit of a replica has, as far as is known. */
  nextCounterOf(author: number): number {
    return author === this.tipAuthor ? this.tipEnd : this.chain(author).end
  }

  /** The runs of a replica, by ascending counter. */
  runsOf(author: number): readonly number[] {
    return this.chain(author).runs
  }

  /** Tells that units of a replica up to a counter are part of what the graph began with. */
  skipTo(author: number, nextCounter: number): void {
    const chain = this.chain(author)
    chain.end = Math.max(chain.end, nextCounter)
    if (author === this.tipAuthor) this.tipEnd = Math.max(this.tipEnd, nextCounter)
  }

  /** True when all heads are among these units, of which none is named twice. */
  coversHeads(frontier: Frontier): boolean {
    const { otherHeads } = this
    if (this.units === 0) return true
    if (frontier.length <= otherHeads.size || !frontier.includes(this.units - 1)) return false
    let covered = 0
    for (const one of frontier) if (otherHeads.has(one)) covered++
    return covered === otherHeads.size
  }

  /**
   * Lengthens the last run by units that were made on its last one, when they are the author's next.
   * @returns false when they are not; nothing has changed
   */
  extend(author: number, counter: number, count: number): boolean {
    if (author !== this.tipAuthor || counter !== this.tipCounter) return false
    this.units += count
    this.tipCounter = counter + count
    this.tipEnd = counter + count
    return true
  }

  /**
   * Adds a run after all others.
   * @param counters how many counters it takes; `count` when each of its units has one
   * @param parents of its first unit; must hold all newest units that its author knew
   * @returns its first unit
   */
  append(author: number, counter: number, counters: number, count: number, parents: Frontier): LocalVersion {
    const first = this.units
    const run = this.starts.length
    this.starts.push(first)
    this.authors.push(author)
    this.counters.push(counter)
    this.parents.push(parents)
    if (counters !== count) this.misfits.set(run, counters)
    this.moveHeads(parents, first - 1)
    this.units = first + count
    if (this.tipAuthor >= 0) this.chain(this.tipAuthor).end = this.tipEnd
    const chain = this.chain(author)
    // The hub keeps each replica's order. Should one not, searching must still work.
    let at = chain.runs.length
    while (at > 0 && this.counters.at(chain.runs[at - 1] as number) > counter) at--
    if (at === chain.runs.length) chain.runs.push(run)
    else chain.runs.splice(at, 0, run)
    chain.end = Math.max(chain.end, counter + counters)
    this.tipAuthor = author
    this.tipEnd = chain.end
    this.tipCounter = counters === count && chain.end === counter + counters ? chain.end : 0
    return first
  }

  private moveHeads(parents: Frontier, last: LocalVersion): void {
    const { otherHeads } = this
    if (otherHeads.size > 0) for (const parent of parents) otherHeads.delete(parent)
    if (last >= 0 && !parents.includes(last)) otherHeads.add(last)
  }

  /** The run that holds a unit. */
  runAt(version: LocalVersion): number {
    return this.starts.lastUpTo(version)
  }

  startOf(run: number): LocalVersion {
    return this.starts.at(run)
  }

  endOf(run: number): LocalVersion {
    return run + 1 < this.starts.length ? this.starts.at(run + 1) : this.units
  }

  authorOf(run: number): number {
    return this.authors.at(run)
  }

  counterOf(run: number): number {
    return this.counters.at(run)
  }

  /** How many counters a run takes: as many as it has units, unless it is an op that did not fit. */
  countersOf(run: number): number {
    return this.misfits.get(run) ?? this.endOf(run) - this.starts.at(run)
  }

  /** Whether a run is an op that did not fit, so that its units and its counters do not correspond. */
  isMisfit(run: number): boolean {
    return this.misfits.size > 0 && this.misfits.has(run)
  }

  /** The newest units that the author of a run's first unit knew. */
  parentsOfRun(run: number): Frontier {
    return this.parents.at(run)
  }

  /** The only parent of a run's first unit; below 0 when it has none or several. */
  singleParentOfRun(run: number): number {
    return this.parents.singleAt(run)
  }

  /** The newest units that the author of a unit knew. */
  parentsOf(version: LocalVersion): Frontier {
    const run = this.runAt(version)
    return version > this.starts.at(run) ? [version - 1] : this.parents.at(run)
  }

  /** Whether a version holds a unit. Takes as long as there is in the version that is newer than the unit. */
  holds(version: Frontier, unit: LocalVersion): boolean {
    const queue = [...version].sort((left, right) => left - right)
    for (let newest = queue.pop(); newest !== undefined && newest >= unit; newest = queue.pop()) {
      const run = this.runAt(newest)
      const first = this.starts.at(run)
      if (first <= unit) return true
      while (queue.length > 0 && (queue[queue.length - 1] as number) >= first) queue.pop()
      for (const parent of this.parents.at(run)) {
        let at = queue.length
        while (at > 0 && (queue[at - 1] as number) > parent) at--
        if (queue[at - 1] !== parent) queue.splice(at, 0, parent)
      }
    }
    return false
  }

  /** A replica's run with a counter, or the last one before it; -1 when there is none. */
  runWith(author: number, counter: number): number {
    const { runs } = this.chain(author)
    let low = -1
    let high = runs.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.counters.at(runs[middle] as number) <= counter) low = middle
      else high = middle
    }
    return low < 0 ? -1 : (runs[low] as number)
  }

  /** Orders units by their ids, in the same way on every replica. Negative when `a` comes first. */
  compareIds(a: LocalVersion, b: LocalVersion): number {
    const runA = this.runAt(a)
    const runB = this.runAt(b)
    const authorA = this.authors.at(runA)
    const authorB = this.authors.at(runB)
    // Within a run, units ascend as their counters do.
    if (authorA === authorB) return this.counters.at(runA) - this.counters.at(runB) || a - b
    return this.replicaOf(authorA) < this.replicaOf(authorB) ? -1 : 1
  }
}
