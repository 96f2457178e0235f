import { hasSameItems } from './json.js'
import type { Json } from './json.js'
import type { OpId } from './op.js'

/** The latest entries of a log: those with a place, then own ones without. Appending copies nothing. */
export class LogEntries {
  private readonly window: number
  private entries: Json[]
  /** Own entries without a place, in the order they were made. */
  private readonly pending = new Map<string, Json>()
  private last: readonly Json[] = []
  /** True when `last` may differ from what the entries say. */
  private isStale = true

  /** @param entries those that have a place; of more than `window` the latest are kept */
  constructor(window: number, entries: readonly Json[]) {
    this.window = window
    this.entries = entries.slice(-window)
  }

  /** Appends an entry that has its place. */
  place(entry: Json): void {
    this.entries.push(entry)
    // More than half is out of sight: what remains is moved once per entry on average.
    if (this.entries.length > 2 * this.window + 32) this.entries = this.entries.slice(-this.window)
    this.isStale = true
  }

  /** Appends an own entry that has no place yet. */
  pend(id: OpId, entry: Json): void {
    this.pending.set(nameOf(id), entry)
    this.isStale = true
  }

  /** Gives an own entry its place, after all others that have one. */
  settle(id: OpId, entry: Json): void {
    if (this.pending.delete(nameOf(id))) this.place(entry)
  }

  /** Entries with a place, oldest first. */
  get placed(): readonly Json[] {
    return this.entries.slice(-this.window)
  }

  /** The latest `window` values, frozen; the former array as long as it holds the same. */
  get value(): readonly Json[] {
    if (!this.isStale) return this.last
    this.isStale = false
    const values = [...this.placed, ...this.pending.values()].slice(-this.window)
    if (!hasSameItems(values, this.last)) this.last = values
    return Object.freeze(this.last)
  }
}

const nameOf = ({ replica, counter }: OpId): string => replica + counter
