import { VIEWS } from './span-store.js'
import { START } from './version.js'
import type { Frontier, LocalVersion } from './version.js'

/** In place of a view's newest unit, when it has several. */
const MANY = -2

/** At which versions a tracker's views are prepared. */
export class Views {
  /** The newest unit of each: -1 for the critical version that the tracker began with, or MANY. */
  private readonly tips = new Int32Array(VIEWS)
  /** The versions of those with several newest units. */
  private readonly versions: Frontier[] = []
  /** When each was asked for last. */
  private readonly uses = new Int32Array(VIEWS)
  private now = 0
  private first: LocalVersion = 0

  /** All begin anew, at the critical version before a unit. */
  reset(first: LocalVersion): void {
    this.first = first
    this.tips.fill(-1)
    this.uses.fill(0)
    this.now = 0
  }

  /** What lies before the critical version is part of every version. */
  private tipOf(version: Frontier): number {
    let tip = -1
    for (const one of version) {
      if (one < this.first) continue
      if (tip >= 0) return MANY
      tip = one
    }
    return tip
  }

  /** Whether a view is known to be at a version. */
  isAt(view: number, version: Frontier): boolean {
    const tip = this.tips[view] as number
    return tip !== MANY && tip === this.tipOf(version)
  }

  versionOf(view: number): Frontier {
    const tip = this.tips[view] as number
    return tip >= 0 ? [tip] : tip === MANY ? (this.versions[view] as Frontier) : START
  }

  set(view: number, version: Frontier): void {
    this.tips[view] = this.tipOf(version)
    this.versions[view] = version
  }

  /** A view's version is all before a unit that was made there, and the unit. */
  advance(view: number, unit: LocalVersion): void {
    this.tips[view] = unit
  }

  /** A view at a version; else one from which all is to add; else the one that was asked for longest ago. */
  nearest(version: Frontier): number {
    const view = this.find(version)
    this.uses[view] = ++this.now
    return view
  }

  private find(version: Frontier): number {
    const { tips, uses } = this
    const wanted = this.tipOf(version)
    let oldest = 0
    let within = -1
    for (let view = 0; view < VIEWS; view++) {
      const tip = tips[view] as number
      if (tip === wanted && tip !== MANY) return view
      if (tip >= 0 && version.includes(tip)) within = view
      if ((uses[view] as number) < (uses[oldest] as number)) oldest = view
    }
    return within >= 0 ? within : oldest
  }
}
