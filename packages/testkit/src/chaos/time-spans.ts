/** From a moment up to another, in milliseconds. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
}

/** Writes down when something held. */
export class SpanRecorder {
  private readonly closed: TimeSpan[] = []
  private fromMs: number | undefined

  /** Notes whether it holds from now on. */
  note(holds: boolean, atMs: number): void {
    if (holds) this.fromMs ??= atMs
    else if (this.fromMs !== undefined) {
      this.closed.push({ fromMs: this.fromMs, toMs: atMs })
      this.fromMs = undefined
    }
  }

  /** Notes that it held for a moment. */
  noteMoment(atMs: number): void {
    if (this.fromMs === undefined) this.closed.push({ fromMs: atMs, toMs: atMs })
  }

  /** In order; the last one ends at `endMs` when it still holds. */
  spans(endMs: number): TimeSpan[] {
    return this.fromMs === undefined
      ? [...this.closed]
      : [...this.closed, { fromMs: this.fromMs, toMs: endMs }]
  }
}

/** Joins spans that overlap or touch. */
export function joinSpans(spans: readonly TimeSpan[]): TimeSpan[] {
  const joined: TimeSpan[] = []
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last && span.fromMs <= last.toMs) {
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) }
    } else joined.push(span)
  }
  return joined
}

/** The longest part of `span` that lies in none of `others`, which are in order and do not overlap. */
export function longestOutside(span: TimeSpan, others: readonly TimeSpan[]): number {
  let { fromMs } = span
  let longestMs = 0
  for (const other of others) {
    if (other.toMs < fromMs) continue
    if (other.fromMs > span.toMs) break
    longestMs = Math.max(longestMs, other.fromMs - fromMs)
    fromMs = other.toMs
  }
  return Math.max(longestMs, span.toMs - fromMs)
}
