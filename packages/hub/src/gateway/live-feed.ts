import type { OpenStream } from '../log/open-stream.js'
import { FeedValve, type FeedValveEvents } from './feed-valve.js'
import { TOLD_NOTHING, type Told } from './handlers/tell-to-pull.js'
import type { HubConnection } from './hub-connection.js'
import type { Session } from './session.js'

const NOTHING_TOLD: ReadonlyMap<string, Told> = new Map()

/**
 * The rooms of one connection: it is in those of the streams that its session follows, and in none while too much waits
 * unread for it.
 */
export class LiveFeed implements FeedValveEvents {
  private readonly peer: HubConnection
  private readonly onResumed: (session: Session, told: ReadonlyMap<string, Told>) => void
  private readonly valve: FeedValve
  private session: Session | undefined
  /** What was told of each stream when the feed was cut. */
  private told = NOTHING_TOLD
  /** What grows within is no feed. */
  private isAnswering = false

  /** @param onResumed told what the connection was told of each stream before its feed was cut */
  constructor(
    peer: HubConnection,
    limitBytes: number,
    onResumed: (session: Session, told: ReadonlyMap<string, Told>) => void,
  ) {
    this.peer = peer
    this.onResumed = onResumed
    this.valve = new FeedValve(limitBytes, this)
  }

  /** The peer is known. */
  begin(session: Session): void {
    this.session = session
    this.noteUnread(false)
  }

  end(): void {
    this.session = undefined
    this.valve.dispose()
  }

  noteUnread(hasGrown: boolean): void {
    if (!this.session) return
    this.valve.note(this.peer.unreadBytes, !hasGrown ? 'read' : this.isAnswering ? 'answered' : 'fed')
  }

  /** Sends what is no feed. */
  answer(frame: Uint8Array): void {
    this.isAnswering = true
    this.peer.send(frame)
    this.isAnswering = false
  }

  /** Resolves once another answer may be added, or at the end. */
  mayAnswer(): Promise<void> {
    return this.valve.mayAnswer()
  }

  join(stream: string): void {
    if (!this.session) return
    const { joined } = this.session
    if (!joined.has(stream)) joined.set(stream, undefined)
    // While the feed is cut it is joined with all the others later.
    if (this.valve.isOpen) this.peer.join(stream)
  }

  leave(stream: string): void {
    if (this.session?.joined.delete(stream)) this.peer.leave(stream)
  }

  /** The streams whose feed it gets. Those that are being opened are read after that. */
  followed(): OpenStream[] {
    if (!this.session || !this.valve.isOpen) return []
    return [...this.session.joined.values()].filter((stream) => stream !== undefined)
  }

  /** Leaves the rooms. */
  onShut(): void {
    const joined = this.session?.joined ?? new Map<string, undefined>()
    this.told = new Map([...joined].map(([stream, opened]) => [stream, toldOf(opened)]))
    for (const stream of joined.keys()) this.peer.leave(stream)
  }

  /** Is in the rooms again. */
  onOpen(): void {
    const { session } = this
    if (!session) return
    // A stream that was opened meanwhile may have moved on since it was read.
    const streams = [...session.joined.keys()]
    const told = new Map(streams.map((stream) => [stream, this.told.get(stream) ?? TOLD_NOTHING]))
    for (const stream of streams) this.peer.join(stream)
    this.onResumed(session, told)
  }
}

function toldOf(opened: OpenStream | undefined): Told {
  return opened ? { epoch: opened.epoch, seq: opened.toldSeq } : TOLD_NOTHING
}
