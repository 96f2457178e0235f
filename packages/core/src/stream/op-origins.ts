import type { OpId, ReplicaId } from '@flowsync/crdt'
import type { OutboxRange } from '@flowsync/protocol'

/**
 * Under which ids ops were made first that were made anew for another past. That past may come back with them in it, as
 * when a hub was started on the wrong database for a while: then they must not be made a third time.
 */
export class OpOrigins {
  private origins = new Map<string, OpId>()

  of(id: OpId): OpId | undefined {
    return this.origins.get(nameOf(id))
  }

  /** Replaces all that is known by the ops that were made anew now, each with the op it was made of. */
  replace(pairs: readonly { readonly made: OpId; readonly former: OpId }[]): void {
    const next = new Map<string, OpId>()
    for (const { made, former } of pairs) {
      const { replica, counter } = this.of(former) ?? former
      next.set(nameOf(made), { replica, counter })
    }
    this.origins = next
  }

  /** What to ask a hub about, to learn whether it has the former ops. */
  ranges(): OutboxRange[] {
    const last = new Map<ReplicaId, number>()
    for (const { replica, counter } of this.origins.values()) {
      last.set(replica, Math.max(counter, last.get(replica) ?? 0))
    }
    return [...last].map(([replica, through]) => ({ replica, from: through, through }))
  }
}

function nameOf({ replica, counter }: OpId): string {
  return `${replica}${counter}`
}
