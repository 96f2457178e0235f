/** Neighbouring units of a sequence that have the same value. */
export interface Run<T> {
  readonly length: number
  readonly value: T
}

interface Chunk<T> {
  readonly length: number
  readonly runs: readonly Run<T>[]
}

const MAX_RUNS = 64
const MIN_RUNS = 16

/**
 * A value for each unit of a sequence, run-length. Never changed: an edit makes another list that shares
 * most of its parts with this one, so that keeping an old list costs what was changed since.
 */
export class RunList<T> {
  readonly length: number
  private readonly chunks: readonly Chunk<T>[]
  private readonly isSame: (a: T, b: T) => boolean

  private constructor(chunks: readonly Chunk<T>[], length: number, isSame: (a: T, b: T) => boolean) {
    this.chunks = chunks
    this.length = length
    this.isSame = isSame
  }

  /** @param isSame whether neighbours with these values are one run */
  static of<T>(runs: readonly Run<T>[], isSame: (a: T, b: T) => boolean): RunList<T> {
    return new RunList<T>([], 0, isSame).splice(0, 0, runs)
  }

  /** The value of the unit at a position; undefined beyond both ends. */
  at(position: number): T | undefined {
    if (position < 0 || position >= this.length) return undefined
    let rest = position
    for (const chunk of this.chunks) {
      if (rest >= chunk.length) {
        rest -= chunk.length
        continue
      }
      for (const { length, value } of chunk.runs) {
        if (rest < length) return value
        rest -= length
      }
    }
    return undefined
  }

  /** The runs between two positions, each with where it begins. Neighbours differ. */
  slice(from = 0, to = this.length): Run<T>[] {
    const runs: Run<T>[] = []
    let start = 0
    for (const chunk of this.chunks) {
      const end = start + chunk.length
      if (end > from && start < to) {
        let at = start
        for (const { length, value } of chunk.runs) {
          const overlap = Math.min(at + length, to) - Math.max(at, from)
          if (overlap > 0) this.push(runs, overlap, value)
          at += length
        }
      }
      start = end
    }
    return runs
  }

  /** A list in which some units go and others take their place. The range must lie within. */
  splice(position: number, deleteCount: number, inserted: readonly Run<T>[]): RunList<T> {
    const { chunks } = this
    const end = position + deleteCount
    let first = 0
    let firstStart = 0
    while (first < chunks.length - 1 && firstStart + (chunks[first] as Chunk<T>).length < position) {
      firstStart += (chunks[first] as Chunk<T>).length
      first++
    }
    let last = first
    let lastEnd = firstStart + (chunks[first]?.length ?? 0)
    const changedRuns: Run<T>[] = []
    this.copy(changedRuns, chunks[first], 0, position - firstStart)
    for (const { length, value } of inserted) if (length > 0) this.push(changedRuns, length, value)
    while (lastEnd < end) lastEnd += (chunks[++last] as Chunk<T>).length
    const tail = chunks[last]
    if (tail) this.copy(changedRuns, tail, tail.length - (lastEnd - end), tail.length)
    while (changedRuns.length < MIN_RUNS && last + 1 < chunks.length) {
      const next = chunks[++last] as Chunk<T>
      this.copy(changedRuns, next, 0, next.length)
    }
    let insertedLength = 0
    for (const { length } of inserted) insertedLength += length
    const result = [...chunks.slice(0, first), ...chunked(changedRuns), ...chunks.slice(last + 1)]
    return new RunList(result, this.length - deleteCount + insertedLength, this.isSame)
  }

  /** A list in which the units between two positions have other values. */
  map(from: number, to: number, change: (value: T) => T): RunList<T> {
    const former = this.slice(from, to)
    const next = former.map(({ length, value }) => ({ length, value: change(value) }))
    return next.every(({ value }, index) => value === former[index]?.value)
      ? this
      : this.splice(from, to - from, next)
  }

  private copy(target: Run<T>[], chunk: Chunk<T> | undefined, from: number, to: number): void {
    let at = 0
    for (const { length, value } of chunk?.runs ?? []) {
      const overlap = Math.min(at + length, to) - Math.max(at, from)
      if (overlap > 0) this.push(target, overlap, value)
      at += length
    }
  }

  private push(runs: Run<T>[], length: number, value: T): void {
    const last = runs.at(-1)
    if (last && this.isSame(last.value, value)) {
      runs[runs.length - 1] = { length: last.length + length, value: last.value }
    } else runs.push({ length, value })
  }
}

function chunked<T>(runs: readonly Run<T>[]): Chunk<T>[] {
  const chunks: Chunk<T>[] = []
  for (let at = 0; at < runs.length; at += MAX_RUNS) {
    const part = runs.length <= MAX_RUNS ? runs : runs.slice(at, at + MAX_RUNS)
    let length = 0
    for (const run of part) length += run.length
    chunks.push({ length, runs: part })
  }
  return chunks
}
