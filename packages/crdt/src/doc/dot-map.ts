import type { OpId, ReplicaId } from '../op.js'

/** Items by the id of the node or op that they come from. */
export class DotMap<Item> {
  private readonly byReplica = new Map<ReplicaId, Map<number, Item>>()
  private count = 0

  get size(): number {
    return this.count
  }

  get({ replica, counter }: OpId): Item | undefined {
    return this.byReplica.get(replica)?.get(counter)
  }

  /** Adds an item under an id that is not in use. */
  add({ replica, counter }: OpId, item: Item): void {
    const chain = this.byReplica.get(replica)
    if (chain) chain.set(counter, item)
    else this.byReplica.set(replica, new Map([[counter, item]]))
    this.count++
  }

  delete({ replica, counter }: OpId): void {
    const chain = this.byReplica.get(replica)
    if (!chain?.delete(counter)) return
    this.count--
    if (chain.size === 0) this.byReplica.delete(replica)
  }

  /** Items with `length` consecutive counters, in time bounded by how many items there are. */
  run({ replica, counter }: OpId, length: number): Item[] {
    const chain = this.byReplica.get(replica)
    const found: Item[] = []
    if (!chain) return found
    if (length > chain.size) {
      const within = [...chain].filter(([at]) => at >= counter && at < counter + length)
      return within.sort(([left], [right]) => left - right).map(([, item]) => item)
    }
    for (let at = counter; at < counter + length; at++) {
      const item = chain.get(at)
      if (item !== undefined) found.push(item)
    }
    return found
  }

  *[Symbol.iterator](): IterableIterator<Item> {
    for (const chain of this.byReplica.values()) yield* chain.values()
  }
}
