import { isFlowSyncError, type SequencedOp } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import { notePosition, type OpenStream } from '../log/open-stream.js'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { LogDriver, LogPosition, StreamKey } from '../storage/driver.js'
import { sizeOfOp } from '../storage/op-size.js'
import type { FeedNotice } from './broadcast.js'

/** What a {@link StorePoller} works with. */
export interface StorePollerOptions {
  readonly storage: LogDriver
  readonly system: System
  readonly logger: HubLogger
  readonly intervalMs: number
  /** The streams that connections of this hub follow. May name one several times. */
  readonly followed: () => Iterable<OpenStream>
  /** Sends ops to the connections of this hub that follow the stream. */
  readonly tell: (stream: OpenStream, epoch: string, ops: readonly SequencedOp[]) => void
  /** Tells them that the stream has begun another life. */
  readonly tellRenewed: (stream: OpenStream) => void
}

/** Streams that one question asks for. */
const STREAMS_PER_LOOK = 1_000
/** Reads under way at the same time. */
const READS_AT_ONCE = 8
/** What a stream's readers are sent in a round; who misses more is told to pull. */
const STREAM_BYTES = 256 * 1024
/** What all of them are sent in a round. Above it they are told to pull, so that a round stays short. */
const ROUND_BYTES = 8 * 1024 * 1024
/** What another hub stored just now is probably on its way over the link. */
const UNDER_WAY_MS = 300

/**
 * Asks the storage, round by round, what other hubs have appended to the streams that are followed here, in one question
 * for all, and tells the readers what they were not told. While the link to other hubs works it finds next to nothing: it is
 * there for the hub that cannot publish and does not know, and it keeps what is known of each stream fresh.
 */
export class StorePoller {
  private readonly options: StorePollerOptions
  private cancelNext: () => void = () => undefined
  private running: Promise<void> | undefined
  private isLinked = false
  private isClosed = false
  private isFailing = false
  /** What was followed in the last round, by name. */
  private known = new Map<string, OpenStream>()
  private leftBytes = 0
  private told = 0

  constructor(options: StorePollerOptions) {
    this.options = options
  }

  /** How many streams it had to tell news of so far, each time counted. */
  get toldCount(): number {
    return this.told
  }

  /** Begins with the first round after an interval. */
  start(): void {
    this.schedule()
  }

  /** Whether other hubs are heard. A round follows at once: for what was missed, or may be. */
  setLinked(isLinked: boolean): void {
    this.isLinked = isLinked
    void this.round()
  }

  /** Notes that readers were told something over the link. Of a stream that is followed since a moment it may go unnoticed. */
  noteTold(notice: FeedNotice): void {
    const stream = this.known.get(nameOf(notice))
    if (stream?.epoch !== notice.epoch) return
    stream.toldSeq = Math.max(stream.toldSeq, notice.seq)
    // It is stored: whoever joins from now on must not be taken to be at the head below it.
    stream.headSeq = Math.max(stream.headSeq, notice.seq)
  }

  /** One round; the one under way counts when it had not begun to ask. Never rejects. */
  round(): Promise<void> {
    if (this.isClosed) return Promise.resolve()
    this.cancelNext()
    const before = this.running
    const next = (before ?? Promise.resolve()).then(() => this.look())
    this.running = next
    return next.then(() => {
      if (this.running !== next) return
      this.running = undefined
      this.schedule()
    })
  }

  /** Ends it; waits for the round under way. */
  async close(): Promise<void> {
    this.isClosed = true
    this.cancelNext()
    await this.running
  }

  private schedule(): void {
    if (this.isClosed) return
    const { system, intervalMs } = this.options
    this.cancelNext = system.setTimer(intervalMs, () => void this.round())
  }

  private async look(): Promise<void> {
    const { logger } = this.options
    this.leftBytes = ROUND_BYTES
    try {
      this.known = new Map([...this.options.followed()].map((stream) => [nameOf(stream.key), stream]))
      const streams = [...this.known.values()]
      const suspects: OpenStream[] = []
      for (let start = 0; start < streams.length && !this.isClosed; start += STREAMS_PER_LOOK) {
        suspects.push(...(await this.findNews(streams.slice(start, start + STREAMS_PER_LOOK))))
      }
      const { isLinked } = this
      if (isLinked && suspects.length > 0) await this.pause()
      await this.tellAll(suspects, isLinked)
      if (this.isFailing) logger.info({}, 'the storage can be asked again')
      this.isFailing = false
    } catch (error) {
      if (!this.isFailing) logger.warn(describeError(error), 'the storage cannot be asked for news')
      this.isFailing = true
    }
  }

  /** The streams that have more than their readers were told. */
  private async findNews(streams: readonly OpenStream[]): Promise<OpenStream[]> {
    const { storage, system } = this.options
    const askedAtMs = system.nowMs()
    const epochs = streams.map(({ epoch }) => epoch)
    const positions = await storage.positionsOf(streams.map(({ key }) => key))
    return streams.filter((stream, index) => {
      const position = positions[index]
      // Who learned of another epoch meanwhile knows more than this answer.
      if (!position || stream.epoch !== epochs[index]) return false
      stream.checkedAtMs = askedAtMs
      return this.isNews(stream, position)
    })
  }

  private isNews(stream: OpenStream, position: LogPosition): boolean {
    const isRenewed = position.epoch !== stream.epoch
    notePosition(stream, position)
    if (!isRenewed) return position.headSeq > stream.toldSeq
    stream.toldSeq = position.headSeq
    this.told++
    this.options.tellRenewed(stream)
    return false
  }

  private async tellAll(suspects: readonly OpenStream[], isLinked: boolean): Promise<void> {
    for (let start = 0; start < suspects.length && !this.isClosed; start += READS_AT_ONCE) {
      const some = suspects.slice(start, start + READS_AT_ONCE)
      await Promise.all(some.map((stream) => this.tellNews(stream, isLinked)))
    }
  }

  private async tellNews(stream: OpenStream, isLinked: boolean): Promise<void> {
    const { epoch, headSeq, toldSeq } = stream
    if (toldSeq >= headSeq) return
    const ops = isLinked ? await this.latest(stream) : await this.newest(stream)
    const last = ops.at(-1)
    if (!last || stream.epoch !== epoch) return
    this.told++
    stream.toldSeq = Math.max(stream.toldSeq, last.seq)
    this.options.tell(stream, epoch, ops)
  }

  /** All that is new, or the latest op of it where that is much. */
  private async newest(stream: OpenStream): Promise<readonly SequencedOp[]> {
    const { headSeq, toldSeq, floorSeq } = stream
    const limitBytes = Math.min(STREAM_BYTES, this.leftBytes)
    // What is compressed already is left to those who ask for it.
    const afterSeq = Math.max(toldSeq, floorSeq)
    if (limitBytes <= 0 || afterSeq >= headSeq) return this.latest(stream)
    this.leftBytes -= limitBytes
    const ops = await this.read(stream, afterSeq, limitBytes)
    this.leftBytes += limitBytes - ops.reduce((sum, op) => sum + sizeOfOp(op), 0)
    return (ops.at(-1)?.seq ?? 0) < headSeq ? this.latest(stream) : ops
  }

  /** The latest op: who has what comes before takes it, everybody else sees the gap and pulls. */
  private latest(stream: OpenStream): Promise<readonly SequencedOp[]> {
    return this.read(stream, stream.headSeq - 1, 1)
  }

  private async read(
    stream: OpenStream,
    afterSeq: number,
    limitBytes: number,
  ): Promise<readonly SequencedOp[]> {
    const { key, epoch } = stream
    try {
      const slice = await this.options.storage.read({ ...key, afterSeq, limitBytes })
      return slice?.epoch === epoch ? slice.ops : []
    } catch (error) {
      // The next round finds the epoch that a truncated log begins.
      if (isFlowSyncError(error) && error.code === 'stream/truncated') return []
      throw error
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.options.system.setTimer(UNDER_WAY_MS, resolve)
    })
  }
}

function nameOf({ workspace, stream }: StreamKey): string {
  return `${workspace}/${stream}`
}
