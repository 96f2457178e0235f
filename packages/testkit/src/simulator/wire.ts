import { Pipe, type Latency } from './pipe.js'
import type { Process } from './process.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'

/** What one end of a connection is told. */
export interface WireEnd {
  onFrame(frame: Uint8Array): void
  onClose(reason: string): void
}

/** What the client's end is told; `onOpen` comes first, or `onClose` alone. */
export interface ClientEnd extends WireEnd {
  onOpen(): void
}

type Parcel =
  | { readonly kind: 'open' }
  | { readonly kind: 'frame'; readonly frame: Uint8Array }
  | { readonly kind: 'end'; readonly reason: string }

export interface WireOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly latency: Latency
  readonly client: Process
  readonly clientEnd: ClientEnd
  readonly onGone: (wire: Wire) => void
  /** Sees every frame when it arrives. */
  readonly onDelivered: (to: 'hub' | 'client', frame: Uint8Array) => void
}

/**
 * One connection between a client and a hub, as a WebSocket behaves: frames of one direction keep their order; when it
 * breaks, each end finds out on its own and in its own time, and the last frames of either direction may be lost.
 */
export class Wire {
  private readonly options: WireOptions
  private readonly up: Pipe<Parcel>
  private readonly down: Pipe<Parcel>
  private clientState: 'connecting' | 'open' | 'closed' = 'connecting'
  private hub: { readonly process: Process; readonly end: WireEnd } | undefined
  private isHubClosed = false
  private heartbeats: (() => void)[] = []
  /** True while frames of some direction get stuck. */
  isStalled = false
  private isAbandoned = false
  /** Called with each frame that the hub sends; true breaks the wire before the frame is on its way. */
  breakOn: ((frame: Uint8Array) => boolean) | undefined

  constructor(options: WireOptions) {
    this.options = options
    const { scheduler, random, latency } = options
    const pipe = (label: string, deliver: (parcel: Parcel) => void): Pipe<Parcel> =>
      new Pipe({ scheduler, random, label, latency }, deliver)
    this.up = pipe(`${options.client.name} -> hub`, (parcel) => this.arriveAtHub(parcel))
    this.down = pipe(`hub -> ${options.client.name}`, (parcel) => this.arriveAtClient(parcel))
  }

  /** Undefined until a hub has accepted. */
  get hubProcess(): Process | undefined {
    return this.hub?.process
  }

  /** The hub has accepted; the client hears of it one latency later. */
  accepted(process: Process, end: WireEnd): void {
    this.hub = { process, end }
    this.down.send({ kind: 'open' })
  }

  /** Nobody listens: the client's `onClose` comes one latency later. */
  refused(reason: string): void {
    this.isHubClosed = true
    this.down.send({ kind: 'end', reason })
  }

  sendFromClient(frame: Uint8Array): void {
    if (this.clientState !== 'closed') this.up.send({ kind: 'frame', frame: frame.slice() })
  }

  sendFromHub(frame: Uint8Array): void {
    if (this.isHubClosed) return
    if (this.breakOn?.(frame)) this.break('a broken connection')
    else this.down.send({ kind: 'frame', frame: frame.slice() })
  }

  /** The client hangs up: what it sent before still arrives, what is on its way to it does not. */
  closeFromClient(): void {
    if (this.clientState === 'closed') return
    this.clientState = 'closed'
    this.up.send({ kind: 'end', reason: 'the client closed' })
    this.checkGone()
  }

  /** The hub hangs up: what it sent before still arrives, what is on its way to it does not. */
  closeFromHub(): void {
    if (this.isHubClosed) return
    this.isHubClosed = true
    this.down.send({ kind: 'end', reason: 'the hub closed' })
    this.options.scheduler.schedule(0, 'hub side closed', () => this.tellHub('the hub closed'))
    this.checkGone()
  }

  /** The connection breaks under both ends. */
  break(reason: string): void {
    this.up.cut({ kind: 'end', reason })
    this.down.cut({ kind: 'end', reason })
  }

  /**
   * Frames of these directions get stuck and no end knows. After `heartbeatMs` an end that misses the other's heartbeat
   * gives up: both do, because a heartbeat is a question and its answer.
   */
  stall(
    directions: 'up' | 'down' | 'both',
    heartbeatMs: { readonly client: number; readonly hub: number },
  ): void {
    this.isStalled = true
    if (directions !== 'down') this.up.stall()
    if (directions !== 'up') this.down.stall()
    const { scheduler } = this.options
    this.heartbeats.push(
      scheduler.schedule(heartbeatMs.client, 'client heartbeat', () => this.giveUpClient()),
      scheduler.schedule(heartbeatMs.hub, 'hub heartbeat', () => this.giveUpHub()),
    )
  }

  /** The other end is gone without a word: what is under way stays stuck until heartbeats are missed. */
  abandon(heartbeatMs: { readonly client: number; readonly hub: number }): void {
    if (this.isAbandoned) return
    this.isAbandoned = true
    this.stall('both', heartbeatMs)
  }

  /** Ends {@link stall}: what is stuck moves on, unless an end has given up. */
  resume(): void {
    if (this.isAbandoned) return
    this.isStalled = false
    for (const cancel of this.heartbeats.splice(0)) cancel()
    this.up.resume()
    this.down.resume()
  }

  private giveUpClient(): void {
    if (this.clientState === 'closed') return
    this.clientState = 'closed'
    this.up.cut({ kind: 'end', reason: 'a lost heartbeat' })
    this.options.client.run(() => this.options.clientEnd.onClose('a lost heartbeat'))
    this.checkGone()
  }

  private giveUpHub(): void {
    if (this.isHubClosed) return
    this.isHubClosed = true
    this.down.cut({ kind: 'end', reason: 'a lost heartbeat' })
    this.tellHub('a lost heartbeat')
    this.checkGone()
  }

  private arriveAtHub(parcel: Parcel): void {
    if (this.isHubClosed || !this.hub) return
    const { process, end } = this.hub
    if (parcel.kind === 'frame') {
      this.options.onDelivered('hub', parcel.frame)
      process.run(() => end.onFrame(parcel.frame))
    } else if (parcel.kind === 'end') {
      this.isHubClosed = true
      this.tellHub(parcel.reason)
      this.checkGone()
    }
  }

  private tellHub(reason: string): void {
    this.hub?.process.run(() => this.hub?.end.onClose(reason))
  }

  private arriveAtClient(parcel: Parcel): void {
    const { client, clientEnd, onDelivered } = this.options
    if (this.clientState === 'closed') return
    if (parcel.kind === 'open') {
      this.clientState = 'open'
      client.run(() => clientEnd.onOpen())
    } else if (parcel.kind === 'frame') {
      onDelivered('client', parcel.frame)
      client.run(() => clientEnd.onFrame(parcel.frame))
    } else {
      this.clientState = 'closed'
      client.run(() => clientEnd.onClose(parcel.reason))
      this.checkGone()
    }
  }

  private checkGone(): void {
    if (this.clientState === 'closed' && this.isHubClosed) this.options.onGone(this)
  }
}
