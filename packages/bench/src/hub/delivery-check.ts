/**
 * Counts what subscribers receive and checks it: each edit once to each subscriber, in order, none missing. Knows how
 * far the slowest one is.
 */
export class DeliveryCheck {
  /** Edits delivered so far, one for each subscriber that got it. */
  delivered = 0
  failure: Error | undefined
  private readonly reached: number[]
  /** How many subscribers have reached each edit as their last one; below the least all are 0. */
  private readonly standing = new Map<number, number>()
  private least = 0

  constructor(subscribers: number) {
    this.reached = new Array<number>(subscribers).fill(0)
    this.standing.set(0, subscribers)
  }

  /** The last edit that every subscriber has. */
  get reachedByAll(): number {
    return this.least
  }

  /** A subscriber got the edits from `first` through `through`. */
  receive(subscriber: number, first: number, through: number): void {
    const before = this.reached[subscriber] ?? 0
    if (first !== before + 1 || through < first) {
      this.failure ??= new Error(
        `subscriber ${subscriber} got edits ${first} to ${through} after ${before}: ${first > before + 1 ? 'lost' : 'repeated'} deliveries`,
      )
      return
    }
    this.reached[subscriber] = through
    this.delivered += through - before
    this.move(before, through)
  }

  /** What is missing when all should have got the edits up to `last`. */
  missing(last: number): number {
    return this.reached.reduce((sum, reached) => sum + Math.max(0, last - reached), 0)
  }

  private move(from: number, to: number): void {
    const left = (this.standing.get(from) ?? 0) - 1
    if (left > 0) this.standing.set(from, left)
    else this.standing.delete(from)
    this.standing.set(to, (this.standing.get(to) ?? 0) + 1)
    if (from === this.least && left === 0) this.least = Math.min(...this.standing.keys())
  }
}
