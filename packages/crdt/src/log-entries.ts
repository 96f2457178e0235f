import { hasSameItems } from './json.js'
import type { Json, JsonText } from './json.js'
import type { OpId } from './op.js'
import { PendingOps } from './pending-ops.js'
import type { AppliedOp } from './rule.js'

/** The latest entries of a log: those with a place, then own ones without. Appending copies nothing. */
export class LogEntries {
  private readonly window: number
  private entries: JsonText[] = []
  /** Entries before this index have left the window. */
  private start = 0
  private readonly pending = new PendingOps<{ readonly op: AppliedOp<JsonText> }>()
  private last: readonly Json[] = Object.freeze([])
  /** True when `last` may differ from what the entries say. */
  private isStale = false

  constructor(window: number) {
    this.window = window
  }

  /** Appends an entry that has its place. */
  place(entry: JsonText): void {
    this.entries.push(entry)
    this.start = Math.max(this.start, this.entries.length - this.window)
    // Half of it is gone: what remains is moved once per entry on average.
    if (this.start > 32 && this.start * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.start)
      this.start = 0
    }
    this.isStale = true
  }

  /** Appends an own entry that has no place yet. */
  pend(op: AppliedOp<JsonText>): void {
    this.pending.add({ op })
    this.isStale = true
  }

  /** Gives an own entry its place, after all others that have one. */
  settle(id: OpId): void {
    const own = this.pending.take(id)
    if (own) this.place(own.op.body)
  }

  /** Entries with a place, oldest first. */
  placed(): readonly JsonText[] {
    return this.entries.slice(this.start)
  }

  /** The latest `window` values, frozen; the former array as long as it holds the same. */
  get value(): readonly Json[] {
    if (!this.isStale) return this.last
    this.isStale = false
    const values = this.latest()
    if (!hasSameItems(values, this.last)) this.last = Object.freeze(values)
    return this.last
  }

  private latest(): Json[] {
    const placed = this.entries.length - this.start
    const first = this.start + Math.max(0, placed + this.pending.count - this.window)
    const values = this.entries.slice(first).map(({ value }) => value)
    for (const { op } of this.pending.list().slice(-this.window)) values.push(op.body.value)
    return values
  }
}
