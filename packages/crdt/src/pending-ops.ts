import type { Op, OpId, ReplicaId } from './op.js'

/** An op that this client made (or adopted) and the hub has not placed yet. */
export interface PendingOp<Body> {
  readonly op: Op
  readonly body: Body
}

/** What a queue of pending ops must know of each. */
interface HasOp {
  readonly op: OpId & { readonly count: number }
}

interface Chain {
  readonly replica: ReplicaId
  /** Ops of the replica that are pending. */
  live: number
  /** The last counter they take. */
  last: number
}

/**
 * Pending ops in the order they were made. Ops of one replica leave in that order too, so adding,
 * finding and removing cost the same however many there are.
 */
export class PendingOps<Item extends HasOp> {
  private items: Item[] = []
  /** Items before this index have left. */
  private start = 0
  private readonly chains = new Map<ReplicaId, Chain>()
  /** That of whose op was added last, who is nearly always the only one. */
  private chain: Chain | undefined

  get count(): number {
    return this.items.length - this.start
  }

  /** All of them; a later change may or may not show in it. */
  list(): readonly Item[] {
    this.compact()
    return this.items
  }

  add(pending: Item): void {
    this.items.push(pending)
    const { replica, counter, count } = pending.op
    let { chain } = this
    if (chain?.replica !== replica) {
      chain = this.chain = this.chains.get(replica) ?? { replica, live: 0, last: 0 }
      this.chains.set(replica, chain)
    }
    chain.live++
    chain.last = counter + count - 1
  }

  /** Removes the op with this id and returns it; undefined when it is not pending. */
  take(id: OpId): Item | undefined {
    const chain = this.chains.get(id.replica)
    if (!chain) return undefined
    for (let index = this.start; index < this.items.length; index++) {
      const pending = this.items[index]
      if (!pending || pending.op.replica !== id.replica || pending.op.counter !== id.counter) continue
      this.remove(index)
      chain.live--
      if (chain.live === 0) {
        this.chains.delete(id.replica)
        this.chain = undefined
      }
      return pending
    }
    return undefined
  }

  private remove(index: number): void {
    if (index > this.start) this.items.splice(index, 1)
    else this.start++
    if (this.start > 32 && this.start * 2 > this.items.length) this.compact()
  }

  private compact(): void {
    if (this.start === 0) return
    this.items = this.items.slice(this.start)
    this.start = 0
  }

  /** The last pending op of every replica but `self`: what a new op of `self` knew beyond the hub's order. */
  headsBeside(self: ReplicaId): readonly OpId[] {
    if (this.chains.size === 0 || (this.chains.size === 1 && this.chain?.replica === self)) return NONE
    const heads: OpId[] = []
    for (const [replica, { last }] of this.chains) {
      if (replica !== self) heads.push({ replica, counter: last })
    }
    return heads
  }
}

const NONE: readonly OpId[] = Object.freeze([])
