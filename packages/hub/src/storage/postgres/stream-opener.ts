import { createEpoch, type System } from '@flowsync/protocol'
import type { StreamCreation, StreamHead } from '../driver.js'
import type { Session } from './session.js'
import type { SessionPool } from './session-pool.js'
import { createStreams, findStreams, headOf } from './stream-table.js'

interface PendingOpen {
  readonly creation: StreamCreation
  readonly resolve: (head: StreamHead) => void
  readonly reject: (error: unknown) => void
}

/** Opens streams; those that are asked for in one turn share their round trips and their commit. */
export class StreamOpener {
  private readonly pool: SessionPool
  private readonly system: System
  private pending: PendingOpen[] = []

  constructor(pool: SessionPool, system: System) {
    this.pool = pool
    this.system = system
  }

  open(creation: StreamCreation): Promise<StreamHead> {
    return new Promise((resolve, reject) => {
      this.pending.push({ creation, resolve, reject })
      if (this.pending.length === 1) queueMicrotask(() => void this.openPending())
    })
  }

  private async openPending(): Promise<void> {
    const opens = this.pending
    this.pending = []
    try {
      const heads = await this.pool.use((session) =>
        this.openAll(
          session,
          opens.map(({ creation }) => creation),
        ),
      )
      heads.forEach((head, index) => opens[index]?.resolve(head))
    } catch (error) {
      for (const { reject } of opens) reject(error)
    }
  }

  private async openAll(session: Session, creations: readonly StreamCreation[]): Promise<StreamHead[]> {
    const found = await findStreams(session, creations)
    const missing = creations.filter((_, index) => !found[index])
    if (missing.length > 0) {
      await createStreams(
        session,
        missing,
        missing.map(() => createEpoch(this.system)),
      )
    }
    const rows = missing.length > 0 ? await findStreams(session, creations) : found
    return rows.flatMap((row) => (row ? [headOf(row)] : []))
  }
}
