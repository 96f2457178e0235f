/** An element or a slot within one state, numbered in the order in which that state met them. */
export type Handle = number

interface Run {
  readonly key: number
  readonly handle: Handle
  count: number
}

/** Finds handles by keys that mostly come in ascending order, each one above the last: as few runs as that makes. */
export class RunIndex {
  private readonly runs: Run[] = []

  /** Adds keys, none of which is there yet. */
  add(key: number, handle: Handle, count: number): void {
    const last = this.runs.at(-1)
    if (!last || last.key + last.count < key) this.runs.push({ key, handle, count })
    else if (last.key + last.count > key) this.runs.splice(this.runsBefore(key), 0, { key, handle, count })
    else if (last.handle + last.count === handle) last.count += count
    else this.runs.push({ key, handle, count })
  }

  /** How many runs begin at or before a key. */
  private runsBefore(key: number): number {
    let low = 0
    let high = this.runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.runs[middle] as Run).key <= key) low = middle + 1
      else high = middle
    }
    return low
  }

  find(key: number): Handle | undefined {
    const run = this.runs[this.runsBefore(key) - 1]
    return run && key < run.key + run.count ? run.handle + key - run.key : undefined
  }

  /** Visits the handles of all known keys from `first` up to but not including `end`. Costs nothing for unknown ones. */
  visit(first: number, end: number, visit: (handle: Handle, key: number) => void): void {
    for (let index = Math.max(0, this.runsBefore(first) - 1); index < this.runs.length; index++) {
      const run = this.runs[index] as Run
      if (run.key >= end) return
      const last = Math.min(end, run.key + run.count)
      for (let key = Math.max(first, run.key); key < last; key++) visit(run.handle + key - run.key, key)
    }
  }
}
