import type { Stamp } from '../clock.js'
import type { JsonText } from '../json.js'
import { winnerOf, withClaim } from './claims.js'
import type { Claim, ListContext } from './claims.js'
import type { Handle } from './run-index.js'

/** A value that somebody gave to an element. */
interface Write extends Claim {
  readonly json: JsonText
}

/** A slot that somebody moved an element to. */
interface Placement extends Claim {
  readonly slot: Handle
}

interface Contest {
  writes: readonly Write[]
  /** None: it stands where it was inserted. */
  placements: readonly Placement[]
}

/**
 * What several say of one element at once: registers for its value and for its slot, of elements that
 * were set or moved. An op replaces all that its author knew; stamps only decide between the rest.
 */
export class Contests {
  private readonly contests = new Map<Handle, Contest>()

  /** The slot that shows an element, if it is still there. */
  slotOf(element: Handle): Handle {
    if (this.contests.size === 0) return element
    const contest = this.contests.get(element)
    return (contest && winnerOf(contest.placements)?.slot) ?? element
  }

  /** The stamps of all that is said of an element. */
  stampsOf(element: Handle): readonly Stamp[] {
    const contest = this.contests.get(element)
    return contest ? [...contest.writes, ...contest.placements].map(({ stamp }) => stamp) : []
  }

  /** Adds a value; returns the one that counts. */
  write(element: Handle, op: ListContext, write: Write): JsonText {
    const contest = this.contestOf(element)
    contest.writes = withClaim(contest.writes, op, write)
    return (winnerOf(contest.writes) ?? write).json
  }

  /** Adds a slot; {@link slotOf} tells which one counts. */
  place(element: Handle, op: ListContext, placement: Placement): void {
    const contest = this.contestOf(element)
    contest.placements = withClaim(contest.placements, op, placement)
  }

  /** An element is deleted. */
  delete(element: Handle): void {
    this.contests.delete(element)
  }

  private contestOf(element: Handle): Contest {
    const known = this.contests.get(element)
    if (known) return known
    const contest: Contest = { writes: [], placements: [] }
    this.contests.set(element, contest)
    return contest
  }
}
