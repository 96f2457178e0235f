import type { ReplicaId } from '../op.js'
import type { Column } from './column.js'
import type { Past } from './past.js'
import type { LocalVersion } from './version.js'

/** The ops of one replica, in the order of their counters. */
export class Chain {
  readonly replica: ReplicaId
  private readonly counters: Column
  private readonly versions: LocalVersion[] = []
  private lastPast: Past | undefined

  /** @param counters the counters of all ops, by local version */
  constructor(replica: ReplicaId, counters: Column) {
    this.replica = replica
    this.counters = counters
  }

  /** @param index below what {@link countBelow} tells */
  at(index: number): LocalVersion {
    return this.versions[index] as number
  }

  add(version: LocalVersion, past: Past): void {
    // The hub keeps each replica's order. Should one not, searching must still work.
    const index = this.countBelow(past.counter)
    if (index === this.versions.length) {
      this.versions.push(version)
      this.lastPast = past
    } else this.versions.splice(index, 0, version)
  }

  /** What the author of an op of this chain knew; forgotten for all but the last op. */
  pastOf(version: LocalVersion): Past | undefined {
    return this.versions.at(-1) === version ? this.lastPast : undefined
  }

  /** How many ops have a counter below the given one. */
  countBelow(counter: number): number {
    let high = this.versions.length
    if (high === 0 || this.counters.at(this.at(high - 1)) < counter) return high
    let low = 0
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.counters.at(this.at(middle)) < counter) low = middle + 1
      else high = middle
    }
    return low
  }
}
