import type { OpId } from '../op.js'
import { Column } from './column.js'
import { EventGraph } from './event-graph.js'
import { Prefixes } from './prefixes.js'
import type { Frontier, LocalVersion } from './version.js'

/** An op's name, place and parents, as they travel. */
export interface OpHead extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  /** The op's place, or undefined while it is known to this client alone. */
  readonly seq: number | undefined
}

/**
 * What the author of an op knew, in terms of one history. Names of ops that this history does not hold
 * are gone: those lie below its floor, so that `base` covers them, or they never existed.
 */
export interface Past {
  /** The author's number in the graph. */
  readonly author: number
  readonly counter: number
  readonly base: number
  /** The newest known ops of other authors that `base` does not cover, as runs. */
  readonly extras: readonly number[]
  readonly isPlaced: boolean
}

const UNPLACED = -1
const NO_RUNS: readonly number[] = Object.freeze([])

/**
 * The event graph of a stream: gives ops their parents in the general form, the newest units that the
 * author knew, from the short form that the hub's dense order allows (`base`, own chain, `extra`).
 *
 * Each op is a run of its own. An op that has its place never has an unplaced one in its past, whatever
 * it claims: other replicas could not see it there.
 */
export class StreamHistory {
  readonly graph = new EventGraph()
  /** The seq that the state began with. Nothing is known of the ops up to there but their result. */
  readonly floor: number
  /** By run. */
  private readonly seqs = new Column('safe')
  /** The seqs of placed ops, ascending, the first being the floor. */
  private readonly places = new Column('safe')
  private readonly prefixes: Prefixes
  /** What the author of each replica's last op knew when making it. */
  private readonly lastPasts: Past[] = []

  constructor(floor: number) {
    this.floor = floor
    this.places.push(floor)
    this.prefixes = new Prefixes(this.graph)
  }

  /** Reads an op's past. Total: what it names and this history does not hold is left out. */
  pastOf(op: OpHead): Past {
    const isPlaced = op.seq !== undefined
    const author = this.graph.numberOf(op.replica)
    // Whoever claims to know what is not there yet does not know it once it comes.
    const base = Math.min(op.base, this.places.at(this.places.length - 1))
    let extras = NO_RUNS
    for (const { replica, counter } of op.extra) {
      const other = this.graph.findNumber(replica)
      if (other === undefined || other === author) continue
      const run = this.lastOf(other, counter, isPlaced)
      if (run < 0 || this.isUpTo(base, run) || extras.includes(run)) continue
      extras = [...extras, run]
    }
    return { author, counter: op.counter, base, extras, isPlaced }
  }

  /** An author's newest op that begins with a counter or before it; -1 when there is none. */
  private lastOf(author: number, counter: number, placedOnly: boolean): number {
    const run = this.graph.runWith(author, counter)
    if (run < 0 || !placedOnly || this.isPlaced(run)) return run
    const runs = this.graph.runsOf(author)
    let index = runs.indexOf(run)
    while (index >= 0 && !this.isPlaced(runs[index] as number)) index--
    return index < 0 ? -1 : (runs[index] as number)
  }

  private isPlaced(run: number): boolean {
    return this.seqs.at(run) !== UNPLACED
  }

  private isUpTo(base: number, run: number): boolean {
    return this.isPlaced(run) && this.seqs.at(run) <= base
  }

  /** True when an author with this past knew an op. */
  private isKnown(past: Past, run: number): boolean {
    if (this.isUpTo(past.base, run)) return true
    const { graph } = this
    const author = graph.authorOf(run)
    const counter = graph.counterOf(run)
    if (author === past.author) return counter < past.counter
    for (const extra of past.extras) {
      if (graph.authorOf(extra) === author && counter <= graph.counterOf(extra)) return true
    }
    return false
  }

  /** The newest units that an author with this past knew. */
  parentsFor(past: Past): Frontier {
    const { graph } = this
    const { singleHead } = graph
    // Nearly always everything is known, and there is one newest unit.
    if (singleHead >= 0 && this.isKnown(past, graph.runAt(singleHead))) return graph.heads
    const prefix = this.prefixes.at(this.places.lastUpTo(Math.max(past.base, this.floor)))
    const own = past.counter > 1 ? this.lastOf(past.author, past.counter - 1, past.isPlaced) : -1
    const extras = past.extras.map((run) => this.lastUnitOf(run))
    if (own < 0 || this.isUpTo(past.base, own)) return extras.length === 0 ? prefix : [...prefix, ...extras]
    // What the author knew at its former op needs no mention.
    const runs = graph.runsOf(past.author)
    const former = runs[runs.length - 1] === own ? this.lastPasts[past.author] : undefined
    const isNews = (version: LocalVersion) => !former || !this.isKnown(former, graph.runAt(version))
    return [this.lastUnitOf(own), ...prefix.filter(isNews), ...extras.filter(isNews)]
  }

  private lastUnitOf(run: number): LocalVersion {
    return this.graph.endOf(run) - 1
  }

  /** Notes the past and place of the op that was added to the graph last. */
  note(past: Past, seq: number | undefined): void {
    const run = this.graph.runCount - 1
    this.seqs.push(seq ?? UNPLACED)
    const runs = this.graph.runsOf(past.author)
    if (runs[runs.length - 1] === run) this.lastPasts[past.author] = past
    if (seq !== undefined) this.place(run, seq)
  }

  /** Ops come in the order of their seqs; seqs between belong to ops that did nothing here. */
  private place(run: number, seq: number): void {
    this.places.push(seq)
    this.prefixes.push(run)
  }

  /** Gives an unplaced op its seq. */
  settle({ replica, counter }: OpId, seq: number): void {
    const author = this.graph.findNumber(replica)
    const run = author === undefined ? -1 : this.graph.runWith(author, counter)
    if (run < 0 || this.isPlaced(run) || this.graph.counterOf(run) !== counter) return
    this.seqs.set(run, seq)
    this.place(run, seq)
  }
}
