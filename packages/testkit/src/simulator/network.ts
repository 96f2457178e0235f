import type { Latency } from './pipe.js'
import type { Process } from './process.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'
import { Wire, type ClientEnd, type WireEnd } from './wire.js'

/** The hub's side of a new connection. */
export interface HubSide {
  send(frame: Uint8Array): void
  close(): void
  /** The network's own name of the connection, the same in every run. */
  readonly address: string
}

/** What takes connections while a hub is up. */
export type Accept = (workspace: string, side: HubSide) => WireEnd

/** What a client holds of its connection. */
export interface ClientSide {
  send(frame: Uint8Array): void
  close(): void
}

/** The way between one client and the hub, and what is wrong with it. */
interface Link {
  latency: Latency
  stalled: 'up' | 'down' | 'both' | undefined
  breakOn: ((frame: Uint8Array) => boolean) | undefined
  readonly wires: Set<Wire>
}

interface Listener {
  readonly process: Process
  readonly accept: Accept
}

export interface NetworkOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly onEvent: (actor: string, text: string) => void
  /** Tells in a few words what a frame holds. */
  readonly describeFrame: (frame: Uint8Array) => string
}

const DEFAULT_LATENCY: Latency = { lowMs: 0.5, highMs: 20 }
/** How long an end waits for a heartbeat before it gives a connection up. */
const HEARTBEAT: Latency = { lowMs: 4000, highMs: 12000 }

/** Connects clients with hubs, each time with any of them, and loses, delays and breaks what it is told to. */
export class Network {
  private readonly options: NetworkOptions
  private readonly links = new Map<string, Link>()
  private listeners: Listener[] = []
  private connections = 0

  constructor(options: NetworkOptions) {
    this.options = options
  }

  /** Takes connections for a hub, until it is killed. */
  listen(process: Process, accept: Accept): void {
    this.listeners = this.listeners.filter((listener) => listener.process.isAlive)
    this.listeners.push({ process, accept })
  }

  /** Opens a connection; every answer comes through `end`, never before this returns. */
  connect(client: Process, workspace: string, end: ClientEnd): ClientSide {
    const { scheduler, random, onEvent, describeFrame } = this.options
    const link = this.link(client.name)
    const name = `${client.name}#${++this.connections}`
    const wire = new Wire({
      scheduler,
      random: random.fork(name),
      latency: link.latency,
      client,
      clientEnd: end,
      onGone: (gone) => link.wires.delete(gone),
      onDelivered: (to, frame) => {
        onEvent(to === 'hub' ? 'hub' : client.name, `<- ${describeFrame(frame)}`)
      },
    })
    wire.breakOn = (frame) => this.shallBreak(link, frame)
    link.wires.add(wire)
    // No handshake completes when only one direction works.
    if (link.stalled) wire.stall('both', this.heartbeatMs())

    scheduler.schedule(random.next() * link.latency.highMs, `${name} connects`, () => {
      const listener = this.anyListener()
      if (!listener || link.stalled) {
        wire.refused('nobody answers')
        return
      }
      const side = {
        address: name,
        send: (frame: Uint8Array) => listener.process.run(() => wire.sendFromHub(frame)),
        close: () => listener.process.run(() => wire.closeFromHub()),
      }
      listener.process.run(() => wire.accepted(listener.process, listener.accept(workspace, side)))
    })

    return {
      send: (frame) => client.run(() => wire.sendFromClient(frame)),
      close: () => client.run(() => wire.closeFromClient()),
    }
  }

  /** Breaks a client's connections now. */
  break(client: string): void {
    for (const wire of this.link(client).wires) wire.break('a broken connection')
  }

  /** Breaks a client's connection at the first frame to it that `matches`, before the frame is on its way. */
  breakOnFrame(client: string, matches: (frame: Uint8Array) => boolean): void {
    this.link(client).breakOn = matches
  }

  /** A hub's process is gone and its system says so to every peer. */
  breakAll(hub: Process): void {
    for (const wire of this.wiresTo(hub)) wire.break('a broken connection')
  }

  /** A hub's whole machine is gone: nobody is told, clients find out by its missing heartbeat. */
  abandonAll(hub: Process): void {
    for (const wire of this.wiresTo(hub)) wire.abandon(this.heartbeatMs())
  }

  /** Connections that are not accepted yet are taken by any hub that is left, or by none. */
  private wiresTo(hub: Process): Wire[] {
    return [...this.links.values()]
      .flatMap(({ wires }) => [...wires])
      .filter((wire) => wire.hubProcess === hub)
  }

  private anyListener(): Listener | undefined {
    const alive = this.listeners.filter(({ process }) => process.isAlive)
    return alive.length > 1 ? this.options.random.pick(alive) : alive[0]
  }

  /** Nothing gets through in these directions until {@link resume}; new connections find nobody. */
  stall(client: string, directions: 'up' | 'down' | 'both'): void {
    const link = this.link(client)
    link.stalled = directions
    for (const wire of link.wires) wire.stall(directions, this.heartbeatMs())
  }

  resume(client: string): void {
    const link = this.link(client)
    link.stalled = undefined
    for (const wire of link.wires) wire.resume()
  }

  /** For connections opened from now on. Default: 0.5 to 20 ms. */
  setLatency(client: string, latency: Latency): void {
    this.link(client).latency = latency
  }

  /** Ends all faults. What was half-open is closed: healing counts from the moment when heartbeats have found it. */
  heal(): void {
    for (const link of this.links.values()) {
      link.stalled = undefined
      link.breakOn = undefined
      for (const wire of link.wires) if (wire.isStalled) wire.break('a lost heartbeat')
    }
  }

  private shallBreak(link: Link, frame: Uint8Array): boolean {
    if (!link.breakOn?.(frame)) return false
    link.breakOn = undefined
    return true
  }

  private heartbeatMs(): { client: number; hub: number } {
    const draw = () => this.options.random.between(HEARTBEAT.lowMs, HEARTBEAT.highMs)
    return { client: draw(), hub: draw() }
  }

  private link(client: string): Link {
    let link = this.links.get(client)
    if (!link) {
      link = { latency: DEFAULT_LATENCY, stalled: undefined, breakOn: undefined, wires: new Set() }
      this.links.set(client, link)
    }
    return link
  }
}
