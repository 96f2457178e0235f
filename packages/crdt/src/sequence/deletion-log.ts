import { Column } from './column.js'
import type { LocalVersion } from './version.js'

/**
 * Which unit each deleting unit of an op took, as a tracker found out: runs, appended in the order of
 * the deleting units.
 */
export class DeletionLog {
  private readonly starts = new Column('int32')
  private readonly lengths = new Column('int32')
  /** The unit that the first one took. */
  private readonly targets = new Column('int32')
  /** 1 when the next ones took the units behind it, -1 when those before. */
  private readonly steps = new Column('int32')

  clear(): void {
    this.starts.truncate(0)
    this.lengths.truncate(0)
    this.targets.truncate(0)
    this.steps.truncate(0)
  }

  /** Adds that units from `first` on took units beside one another. */
  add(first: LocalVersion, length: number, target: number, step: 1 | -1): void {
    this.starts.push(first)
    this.lengths.push(length)
    this.targets.push(target)
    this.steps.push(step)
  }

  /** The run that holds a deleting unit, or the last one before it. */
  runAt(version: LocalVersion): number {
    return this.starts.lastUpTo(version)
  }

  get count(): number {
    return this.starts.length
  }

  startOf(run: number): LocalVersion {
    return this.starts.at(run)
  }

  endOf(run: number): LocalVersion {
    return this.starts.at(run) + this.lengths.at(run)
  }

  /** The lowest unit that deleting units of a run from `from` up to, not including, `to` took. */
  lowestTarget(run: number, from: LocalVersion, to: LocalVersion): number {
    const target = this.targets.at(run)
    const start = this.starts.at(run)
    return this.steps.at(run) === 1 ? target + from - start : target - (to - 1 - start)
  }

  /** The unit that a deleting unit of a run took. */
  targetOf(run: number, version: LocalVersion): number {
    return this.targets.at(run) + (version - this.starts.at(run)) * this.steps.at(run)
  }
}
