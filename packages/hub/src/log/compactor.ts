import type { AnyMergeRule } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { LogDriver, StreamHead, StreamKey } from '../storage/driver.js'
import { compactLog } from './compact-log.js'
import { compactIdleThrough, type CompactionPolicy, compactThrough } from './compaction-policy.js'
import { notePosition, type OpenStream } from './open-stream.js'
import { streamsOf, workspacesOf } from './stream-pages.js'
import { takeSnapshot } from './take-snapshot.js'

/** What a {@link Compactor} works with. */
export interface CompactorOptions {
  readonly storage: LogDriver
  readonly system: System
  readonly policy: CompactionPolicy
  readonly logger: HubLogger
  /** @throws FlowSyncError when nobody serves such a stream */
  readonly ruleFor: (stream: string) => AnyMergeRule
}

/** One part work, fifty parts rest: one edit in fifty waits for a piece of it. There is no hurry. */
const REST_FACTOR = 50
const MAX_REST_MS = 5_000

/**
 * Compacts logs in the background, one at a time: those that have grown, and now and then those that nobody writes to
 * any more. What fails is logged and tried again at the next occasion. Several hubs may do the same on one storage.
 */
export class Compactor {
  private readonly options: CompactorOptions
  private readonly due = new Set<OpenStream>()
  /** Heads of the streams that the last sweep found worth compacting: those that stand there still are idle. */
  private candidates = new Map<string, string>()
  private running: Promise<void> | undefined
  private sweeping: Promise<void> | undefined
  private cancelSweep: (() => void) | undefined
  private readonly resting = new Set<() => void>()
  private isClosed = false

  constructor(options: CompactorOptions) {
    this.options = options
    this.planSweep()
  }

  /** Looks at whether a stream has grown enough. Call it when there is a new snapshot. */
  consider(stream: OpenStream): void {
    if (this.isClosed || throughSeqOf(stream, this.options.policy) === undefined) return
    this.due.add(stream)
    this.running ??= this.run()
  }

  /** Looks through all streams for those that nobody has written to since the last time. Never rejects. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepAll().finally(() => (this.sweeping = undefined))
    return this.sweeping
  }

  /** Stops after the piece of work under way. */
  async close(): Promise<void> {
    this.isClosed = true
    this.cancelSweep?.()
    for (const end of this.resting) end()
    await Promise.all([this.running, this.sweeping])
  }

  private planSweep(): void {
    const { system, policy } = this.options
    if (policy.sweepMs === 0) return
    // Hubs that were started together do not sweep together.
    const delayMs = policy.sweepMs * (0.75 + system.random() / 2)
    this.cancelSweep = system.setTimer(delayMs, () => {
      void this.sweep().then(() => this.isClosed || this.planSweep())
    })
  }

  private async run(): Promise<void> {
    await Promise.resolve()
    for (const stream of this.due) {
      this.due.delete(stream)
      if (this.isClosed) break
      const throughSeq = throughSeqOf(stream, this.options.policy)
      if (throughSeq === undefined) continue
      await this.guard(stream.key, async () => {
        const head = await this.compact(stream.key, stream.epoch, throughSeq)
        if (head) notePosition(stream, head)
      })
    }
    this.running = undefined
  }

  private async sweepAll(): Promise<void> {
    const { storage, policy, logger } = this.options
    const candidates = new Map<string, string>()
    try {
      for await (const workspace of workspacesOf(storage)) {
        for await (const head of streamsOf(storage, workspace)) {
          if (this.isClosed) return
          const throughSeq = compactIdleThrough(head, policy)
          if (throughSeq === undefined) continue
          const name = `${head.workspace}/${head.stream}`
          const state = `${head.epoch}/${head.headSeq}`
          if (this.candidates.get(name) === state) await this.compactIdle(head, throughSeq)
          else candidates.set(name, state)
        }
      }
    } catch (error) {
      logger.warn(describeError(error), 'a sweep for idle streams failed')
    }
    this.candidates = candidates
  }

  private async compactIdle(head: StreamHead, throughSeq: number): Promise<void> {
    const { workspace, stream, rule: name, ruleVersion, epoch } = head
    const { storage, system } = this.options
    const key = { workspace, stream }
    await this.guard(key, async () => {
      const rule = this.options.ruleFor(stream)
      if (rule.name !== name || rule.version !== ruleVersion) return
      const latest = await storage.latestSnapshot(key)
      // Nobody has written for so long that nothing is on its way: the head is a clean cut.
      if ((latest?.seq ?? 0) < throughSeq) await takeSnapshot({ storage, system, key, rule })
      await this.compact(key, epoch, throughSeq)
    })
  }

  private compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined> {
    const { storage, system } = this.options
    const isStopped = (): boolean => this.isClosed
    const rest = (tookMs: number): Promise<void> => this.rest(tookMs)
    return compactLog({ storage, system, key, epoch, throughSeq, isStopped, rest })
  }

  private async rest(tookMs: number): Promise<void> {
    if (this.isClosed) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel()
        this.resting.delete(end)
        resolve()
      }
      this.resting.add(end)
      const cancel = this.options.system.setTimer(Math.min(tookMs * REST_FACTOR, MAX_REST_MS), end)
    })
  }

  private async guard({ workspace }: StreamKey, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.options.logger.warn({ workspace, ...describeError(error) }, 'a compaction failed')
    }
  }
}

function throughSeqOf(stream: OpenStream, policy: CompactionPolicy): number | undefined {
  const { headSeq, floorSeq, snapshotSeq = 0, opBytes } = stream
  return compactThrough({ headSeq, floorSeq, snapshotSeq, opBytes }, policy)
}
