import { coversOp } from './causality.js'
import type { CausalContext } from './causality.js'
import type { HybridTime } from './hybrid-time.js'
import { isSameJson } from './json.js'
import type { OpId, ReplicaId } from './op.js'

/** A write that is to be kept: by whom, after what, and its place, if it has one. */
interface WriteOp extends CausalContext {
  readonly seq: number | undefined
}

/**
 * What was written under each key and not replaced by somebody who knew it: one write as a rule, several
 * when they are concurrent. Registers, maps and sets are made of it.
 *
 * A write is a row. Rows are kept as columns: that takes a third of the memory of an object for each,
 * and a write that replaces another moves into its row.
 */
export class Cells<Key> {
  /** Rows by key, in the order in which keys came; most have one. */
  private readonly index = new Map<Key, number | number[]>()
  readonly replicas: ReplicaId[] = []
  readonly counters: number[] = []
  /** Infinity for an op that has no seq yet. */
  readonly seqs: number[] = []
  readonly times: HybridTime[] = []
  readonly values: unknown[] = []
  /** Rows that nobody uses. */
  private readonly free: number[] = []

  /** Keys under which there is a row. */
  keys(): Iterable<Key> {
    return this.index.keys()
  }

  has(key: Key): boolean {
    return this.index.has(key)
  }

  /** The rows of a key, in no promised order. */
  rows(key: Key): readonly number[] {
    const found = this.index.get(key)
    return found === undefined ? NONE : typeof found === 'number' ? [found] : found
  }

  /** The value of the latest time, then of the greatest replica; it does not depend on seqs. Undefined when there is none. */
  shown(key: Key): unknown {
    const found = this.index.get(key)
    if (typeof found !== 'object') return found === undefined ? undefined : this.values[found]
    // Anybody can write to a key at the same time: what shows is found without an order of all.
    return this.values[found.reduce((latest, row) => (this.compare(latest, row) > 0 ? latest : row))]
  }

  /** When the writes under a key were made. */
  timesOf(key: Key): readonly HybridTime[] {
    const { times } = this
    const found = this.index.get(key)
    if (found === undefined) return NONE
    return typeof found === 'number' ? [times[found] ?? 0] : found.map((row) => times[row] ?? 0)
  }

  /** Rows by time, that of the shown value last. */
  byTime(rows: readonly number[]): number[] {
    return [...rows].sort((left, right) => this.compare(left, right))
  }

  private compare(left: number, right: number): number {
    const { times, replicas } = this
    const byTime = (times[left] ?? 0) - (times[right] ?? 0)
    if (byTime !== 0 || replicas[left] === replicas[right]) return byTime
    return (replicas[left] ?? '') < (replicas[right] ?? '') ? -1 : 1
  }

  /**
   * Keeps a write, and removes those that its author knew. A value that was there already keeps its reference.
   * True when another value is shown now.
   */
  write(key: Key, op: WriteOp, time: HybridTime, value: unknown): boolean {
    const { values } = this
    const found = this.index.get(key)
    if (found === undefined) {
      const row = this.freeRow()
      this.put(row, op.replica, op.counter, op.seq, time, value)
      this.index.set(key, row)
      return value !== undefined
    }
    // As a rule the one write that is there is replaced.
    if (typeof found === 'number' && this.isKnown(found, op)) {
      const shown = values[found]
      const kept = isSameJson(shown, value) ? shown : value
      this.put(found, op.replica, op.counter, op.seq, time, kept)
      return kept !== shown
    }
    const before = this.shown(key)
    const same = this.rows(key).find((row) => isSameJson(values[row], value))
    const kept = same === undefined ? value : values[same]
    this.remove(key, op)
    this.add(key, op.replica, op.counter, op.seq, time, kept)
    return this.shown(key) !== before
  }

  /** Adds a row beside those that are there. */
  add(
    key: Key,
    replica: ReplicaId,
    counter: number,
    seq: number | undefined,
    time: HybridTime,
    value: unknown,
  ): void {
    const row = this.freeRow()
    this.put(row, replica, counter, seq, time, value)
    const others = this.index.get(key)
    if (others === undefined) this.index.set(key, row)
    else if (typeof others === 'number') this.index.set(key, [others, row])
    else others.push(row)
  }

  private freeRow(): number {
    return this.free.pop() ?? this.seqs.length
  }

  private put(
    row: number,
    replica: ReplicaId,
    counter: number,
    seq: number | undefined,
    time: HybridTime,
    value: unknown,
  ): void {
    this.replicas[row] = replica
    this.counters[row] = counter
    this.seqs[row] = seq ?? Infinity
    this.times[row] = time
    this.values[row] = value
  }

  /** Removes what the author of an op knew under a key; all of it when no op is given. False: there was nothing. */
  remove(key: Key, op?: CausalContext): boolean {
    const rows = this.rows(key)
    const rest = op ? rows.filter((row) => !this.isKnown(row, op)) : []
    if (rest.length === rows.length) return false
    for (const row of rows) {
      if (op && !this.isKnown(row, op)) continue
      this.values[row] = undefined
      this.free.push(row)
    }
    const [only] = rest
    if (only === undefined) this.index.delete(key)
    else this.index.set(key, rest.length === 1 ? only : rest)
    return true
  }

  private isKnown(row: number, op: CausalContext): boolean {
    return coversOp(
      op,
      this.replicas[row] ?? op.replica,
      this.counters[row] ?? Infinity,
      this.seqs[row] ?? Infinity,
    )
  }

  /** Gives an own write its place, if it was not replaced meanwhile. */
  settle(key: Key, { replica, counter, seq }: OpId & { readonly seq: number }): boolean {
    const row = this.rows(key).find(
      (each) => this.replicas[each] === replica && this.counters[each] === counter,
    )
    if (row === undefined) return false
    this.seqs[row] = seq
    return true
  }
}

const NONE: readonly number[] = Object.freeze([])
