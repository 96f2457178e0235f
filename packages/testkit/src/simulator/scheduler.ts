interface Entry {
  readonly atMs: number
  readonly order: number
  readonly label: string
  run: (() => void) | undefined
}

/**
 * The virtual clock and everything that is going to happen on it.
 *
 * Events run one at a time, by time and then by the order they were scheduled in. After each event all promise
 * callbacks run to the end before the next begins, so that code under test sees one fixed interleaving per seed.
 */
export class Scheduler {
  private readonly heap: Entry[] = []
  private order = 0
  private timeMs = 0
  private done = 0
  private readonly onError: (error: unknown, label: string) => void

  /** @param onError takes what an event throws: in a real process nothing would catch it */
  constructor(onError: (error: unknown, label: string) => void) {
    this.onError = onError
  }

  /** Virtual milliseconds since the start, with fractions. */
  get nowMs(): number {
    return this.timeMs
  }

  /** How many events have run. */
  get eventCount(): number {
    return this.done
  }

  /** Runs `run` after `delayMs`; the result cancels it. */
  schedule(delayMs: number, label: string, run: () => void): () => void {
    const entry: Entry = { atMs: this.timeMs + Math.max(0, delayMs), order: this.order++, label, run }
    this.push(entry)
    return () => {
      entry.run = undefined
    }
  }

  /** A promise that settles after `delayMs` of virtual time. */
  delay(delayMs: number, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, label, resolve)
    })
  }

  /** Runs events until the clock shows `atMs`, or until `isDone` says so. Returns whether `isDone` did. */
  async runUntil(atMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    await settle()
    for (;;) {
      if (isDone()) return true
      const next = this.heap[0]
      if (next === undefined || next.atMs > atMs) {
        this.timeMs = Math.max(this.timeMs, atMs)
        return isDone()
      }
      this.pop()
      if (next.run === undefined) continue
      this.timeMs = next.atMs
      this.done++
      try {
        next.run()
      } catch (error) {
        this.onError(error, next.label)
      }
      await settle()
    }
  }

  private push(entry: Entry): void {
    const { heap } = this
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      let smaller = heap[child]
      if (smaller === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, smaller)) {
        child++
        smaller = right
      }
      if (!isBefore(smaller, last)) break
      heap[index] = smaller
      index = child
    }
    heap[index] = last
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order)
}

/** Resolves when no promise callback is left to run: Node drains them all before a new turn of its loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
