import type { Span } from './span-store.js'

const MAX_ENTRIES = 256

/** Entries side by side: first unit and span, over and over. */
interface Chunk {
  readonly cells: Int32Array<ArrayBuffer>
  count: number
}

/** Finds spans by the units they hold: sorted by their first unit, in chunks that are cheap to insert into. */
export class SpanIndex {
  private chunks: Chunk[] = [newChunk()]
  /** Where the last search ended. */
  private chunk = 0
  private entry = 0

  /** Forgets all spans. */
  clear(): void {
    const first = this.chunks[0] as Chunk
    first.count = 0
    this.chunks = [first]
    this.chunk = 0
    this.entry = 0
  }

  /** Adds a span whose units are not part of another one any more. */
  add(firstUnit: number, span: Span): void {
    const last = this.chunks[this.chunks.length - 1] as Chunk
    const isNewest = last.count === 0 || firstUnit > (last.cells[2 * last.count - 2] as number)
    if (!isNewest) this.seek(firstUnit)
    const index = isNewest ? this.chunks.length - 1 : this.chunk
    const at = isNewest ? last.count : this.entry + 1
    const chunk = this.chunks[index] as Chunk
    const { cells } = chunk
    if (at < chunk.count) cells.copyWithin(2 * at + 2, 2 * at, 2 * chunk.count)
    cells[2 * at] = firstUnit
    cells[2 * at + 1] = span
    chunk.count++
    if (chunk.count === MAX_ENTRIES) this.halve(index, isNewest)
  }

  /** Units are numbered as they come, so the newest chunk is kept nearly full. */
  private halve(index: number, isNewest: boolean): void {
    const left = this.chunks[index] as Chunk
    const right = newChunk()
    const kept = isNewest ? MAX_ENTRIES - 8 : MAX_ENTRIES / 2
    right.cells.set(left.cells.subarray(2 * kept, 2 * MAX_ENTRIES))
    right.count = MAX_ENTRIES - kept
    left.count = kept
    this.chunks.splice(index + 1, 0, right)
  }

  /** The span with the given unit, which must be known. */
  find(unit: number): Span {
    this.seek(unit)
    return (this.chunks[this.chunk] as Chunk).cells[2 * this.entry + 1] as number
  }

  /** Goes to the last entry that begins at or before a unit. */
  private seek(unit: number): void {
    const { chunks } = this
    let low = 0
    let high = chunks.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (((chunks[middle] as Chunk).cells[0] as number) <= unit) low = middle
      else high = middle
    }
    this.chunk = low
    const { cells, count } = chunks[low] as Chunk
    low = -1
    high = count
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((cells[2 * middle] as number) <= unit) low = middle
      else high = middle
    }
    this.entry = low
  }
}

function newChunk(): Chunk {
  return { cells: new Int32Array(2 * MAX_ENTRIES), count: 0 }
}
