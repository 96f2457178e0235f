import { Column } from './column.js'
import type { LocalVersion } from './version.js'

const NONE: readonly number[] = Object.freeze([])

/**
 * What each op of a history did, in numbers: enough to find the place of a concurrent op among its units.
 * The inserted text is not kept; what is still visible stands in the document.
 *
 * All inserted units are numbered in the order of local versions.
 */
export class PatchLog {
  private readonly positions = new Column('int32')
  private readonly deleted = new Column('int32')
  /** The first inserted unit of each op, and one more entry: the number of the next unit. */
  private readonly units = new Column('safe')
  private readonly lengths = new Column('int32')
  private readonly tails = new Map<LocalVersion, readonly number[]>()

  constructor() {
    this.units.push(0)
  }

  /**
   * Adds the patch of the next local version.
   * @param position at the op's own version, where it fits
   * @param lengthBefore of the document as this state showed it just before
   */
  append(position: number, deleteCount: number, insertCount: number, lengthBefore: number): void {
    this.positions.push(position)
    this.deleted.push(deleteCount)
    this.units.push(this.units.at(this.units.length - 1) + insertCount)
    this.lengths.push(lengthBefore)
  }

  positionOf(version: LocalVersion): number {
    return this.positions.at(version)
  }

  deleteCountOf(version: LocalVersion): number {
    return this.deleted.at(version)
  }

  /** The length of the document as this state showed it just before the op. */
  lengthBefore(version: LocalVersion): number {
    return this.lengths.at(version)
  }

  /** The number of the first unit that the op inserted; for the next local version, of the next unit. */
  firstUnitOf(version: LocalVersion): number {
    return this.units.at(version)
  }

  insertCountOf(version: LocalVersion): number {
    return this.units.at(version + 1) - this.units.at(version)
  }

  /** The op that inserted a unit. */
  versionOf(unit: number): LocalVersion {
    let low = 0
    let high = this.units.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.units.at(middle) <= unit) low = middle
      else high = middle
    }
    return low
  }

  /**
   * Notes which of the units that an op took from the document were the second half of a surrogate
   * pair, counted from the first unit it took.
   */
  noteTails(version: LocalVersion, offsets: readonly number[]): void {
    if (offsets.length > 0) this.tails.set(version, offsets)
  }

  tailsOf(version: LocalVersion): readonly number[] {
    return this.tails.get(version) ?? NONE
  }
}
