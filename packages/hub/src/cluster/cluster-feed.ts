import type { SequencedOp } from '@flowsync/crdt'
import { encodeHubMessage, type System } from '@flowsync/protocol'
import { hintOp } from '../log/hint-op.js'
import type { OpenStream } from '../log/open-stream.js'
import type { HubLogger } from '../logging/logger.js'
import type { LogDriver } from '../storage/driver.js'
import type { Broadcast, FeedNotice, HubLink } from './broadcast.js'
import { StorePoller } from './store-poller.js'

/** What a {@link ClusterFeed} works with. */
export interface ClusterFeedOptions {
  readonly storage: LogDriver
  readonly system: System
  readonly logger: HubLogger
  /** To the connections of this hub. */
  readonly broadcast: Broadcast
  /** To the other hubs. */
  readonly link: HubLink | undefined
  readonly pollMs: number | undefined
  /** The streams that connections of this hub follow. May name one several times. */
  readonly followed: () => Iterable<OpenStream>
}

/** How a hub hears of what other hubs on the same storage store. */
export interface ClusterStatus {
  /** Whether the link works: what it sends comes back. Without a link, or without a proof, the storage is asked. */
  readonly isLinked: boolean
  /** Frames that came over the link. */
  readonly fromLink: number
  /** Streams whose news were found in the storage, each time counted. */
  readonly fromStorage: number
}

const DEFAULT_POLL_MS = 2_000

/**
 * The feed of a hub that may be one of several: what is stored here goes to its own connections and over the link, what other
 * hubs store comes over the link or, should that fail, is found in the storage.
 */
export class ClusterFeed implements Broadcast {
  private readonly options: ClusterFeedOptions
  private readonly poller: StorePoller | undefined
  private noticeCount = 0
  private isLinked = false

  constructor(options: ClusterFeedOptions) {
    this.options = options
    const { storage, system, logger, followed, pollMs = DEFAULT_POLL_MS } = options
    if (!storage.isShared) return
    this.poller = new StorePoller({
      storage,
      system,
      logger,
      followed,
      intervalMs: pollMs,
      tell: (stream, epoch, ops) => this.tellHere(stream, epoch, ops),
      tellRenewed: (stream) => this.tellHere(stream, stream.epoch, [hintOp(stream.headSeq)]),
    })
    this.poller.start()
  }

  get status(): ClusterStatus {
    return {
      isLinked: this.isLinked,
      fromLink: this.noticeCount,
      fromStorage: this.poller?.toldCount ?? 0,
    }
  }

  publish(...[workspace, stream, frame, end]: Parameters<Broadcast['publish']>): void {
    const { broadcast, link } = this.options
    broadcast.publish(workspace, stream, frame, end)
    link?.send({ workspace, stream, frame, ...end })
  }

  /** Takes what came over the link. */
  receive(notice: FeedNotice): void {
    const { workspace, stream, frame, epoch, seq } = notice
    this.noticeCount++
    this.options.broadcast.publish(workspace, stream, frame, { epoch, seq })
    this.poller?.noteTold(notice)
  }

  /** Whether what other hubs store comes over the link. False at the beginning. */
  setLinked(isLinked: boolean): void {
    this.isLinked = isLinked
    this.poller?.setLinked(isLinked)
  }

  async close(): Promise<void> {
    await this.poller?.close()
  }

  private tellHere({ key }: OpenStream, epoch: string, ops: readonly SequencedOp[]): void {
    const { workspace, stream } = key
    const frame = encodeHubMessage({ type: 'feed', stream, epoch, ops })
    this.options.broadcast.publish(workspace, stream, frame, { epoch, seq: ops.at(-1)?.seq ?? 0 })
  }
}
