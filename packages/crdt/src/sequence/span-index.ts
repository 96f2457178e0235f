import type { Span } from './span.js'

const MAX_CHUNK = 512

/** Finds spans by the units they hold: spans sorted by their first unit, in chunks that are cheap to insert into. */
export class SpanIndex {
  private readonly chunks: Span[][] = [[]]

  add(span: Span): void {
    const chunkIndex = this.chunkIndexOf(span.id)
    const chunk = this.chunks[chunkIndex] as Span[]
    chunk.splice(lastUpTo(chunk, span.id) + 1, 0, span)
    if (chunk.length > MAX_CHUNK) this.chunks.splice(chunkIndex + 1, 0, chunk.splice(MAX_CHUNK / 2))
  }

  /** The span with the given unit, which must be known. */
  find(unit: number): Span {
    const chunk = this.chunks[this.chunkIndexOf(unit)] as Span[]
    return chunk[lastUpTo(chunk, unit)] as Span
  }

  /** The last chunk that begins at or before a unit, else the first. */
  private chunkIndexOf(unit: number): number {
    let low = 0
    let high = this.chunks.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      const first = this.chunks[middle]?.[0]
      if (first && first.id <= unit) low = middle
      else high = middle
    }
    return low
  }
}

/** The index of the last span that begins at or before a unit, or -1. */
function lastUpTo(spans: readonly Span[], unit: number): number {
  let low = -1
  let high = spans.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((spans[middle] as Span).id <= unit) low = middle
    else high = middle
  }
  return low
}
