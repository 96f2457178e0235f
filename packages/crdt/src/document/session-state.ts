import type { OpId, ReplicaId } from '../op.js'

/** What both sides of a session know of the ops before. Changes can be taken back until they are kept. */
export class SessionState {
  /** By their places. */
  private readonly replicas: ReplicaId[] = []
  private readonly places = new Map<ReplicaId, number>()
  /** The counter after each one's last op in the session. */
  private readonly ends: number[] = []
  /** The author of the last op, by its place; -1 before the first. */
  author = -1
  /** Where the last op left the caret. */
  caret = 0
  private keptCount = 0
  private keptAuthor = -1
  private keptCaret = 0
  /** Ends before they were changed, by places. */
  private readonly changed = new Map<number, number>()

  get count(): number {
    return this.replicas.length
  }

  replicaAt(place: number): ReplicaId {
    return this.replicas[place] as ReplicaId
  }

  endOf(place: number): number {
    return this.ends[place] as number
  }

  setEnd(place: number, end: number): void {
    if (!this.changed.has(place)) this.changed.set(place, this.endOf(place))
    this.ends[place] = end
  }

  /** Gives a replica the next place; false when it has one. */
  introduce(replica: ReplicaId): boolean {
    if (this.places.has(replica)) return false
    this.places.set(replica, this.replicas.length)
    this.replicas.push(replica)
    this.ends.push(1)
    return true
  }

  /** The op before; undefined at the beginning. */
  get before(): OpId | undefined {
    const { author } = this
    return author < 0 ? undefined : { replica: this.replicaAt(author), counter: this.endOf(author) - 1 }
  }

  /** Keeps all changes. */
  keep(): void {
    this.changed.clear()
    this.keptCount = this.count
    this.keptAuthor = this.author
    this.keptCaret = this.caret
  }

  /** Notes an op of a known replica, and keeps that. */
  step(author: number, end: number, caret: number): void {
    this.ends[author] = end
    this.author = author
    this.caret = caret
    this.keptAuthor = author
    this.keptCaret = caret
  }

  /** Takes back all changes since the last that were kept. */
  takeBack(): void {
    for (const [place, end] of this.changed) this.ends[place] = end
    this.changed.clear()
    for (const replica of this.replicas.splice(this.keptCount)) this.places.delete(replica)
    this.ends.length = this.keptCount
    this.author = this.keptAuthor
    this.caret = this.keptCaret
  }
}
