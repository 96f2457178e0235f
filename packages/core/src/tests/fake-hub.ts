import {
  createError,
  decodeClientMessage,
  encodeHubMessage,
  PROTOCOL_VERSION,
  toWireError,
  type ClientMessage,
  type HubMessage,
  type PushedResult,
  type StreamCursor,
  type StreamDefinitions,
  type SubscribedResult,
} from '@flowsync/protocol'
import { isFlowSyncError, type FlowSyncError, type SequencedOp } from '@flowsync/crdt'
import type { Transport, TransportHandlers } from '../session/transport.js'
import { FakeLog } from './fake-log.js'
import type { VirtualSystem } from './virtual-system.js'

interface Guest {
  readonly streams: Set<string>
  readonly replicas: Set<string>
  readonly handlers: TransportHandlers
  isOpen: boolean
}

/**
 * A hub in memory that speaks the real protocol and makes the real checks, and whose faults can be scripted: messages that are
 * lost, refused or answered otherwise.
 */
export class FakeHub {
  readonly logs = new Map<string, FakeLog>()
  /** Every message that arrived, in order. */
  readonly received: ClientMessage[] = []
  limits = { frameBytes: 1024 * 1024, opsPerPush: 1_000 }
  subject = 'alice'
  access: 'read' | 'write' = 'write'
  tokenLifetimeMs = 0
  connectCount = 0
  /** True: connections are never answered. */
  isDead = false
  /** Answers in the hub's stead: a message, nothing at all, or undefined to let the hub answer. */
  intercept: (message: ClientMessage) => HubMessage | 'lost' | undefined = () => undefined
  /** Decides whether a feed arrives. */
  mayFeed: (stream: string, ops: readonly SequencedOp[]) => boolean = () => true
  private guests: Guest[] = []
  private readonly streams: StreamDefinitions
  private readonly system: VirtualSystem

  constructor(streams: StreamDefinitions, system: VirtualSystem) {
    this.streams = streams
    this.system = system
  }

  readonly transport: Transport = {
    connect: (_target, handlers) => {
      this.connectCount++
      const guest: Guest = { streams: new Set(), replicas: new Set(), handlers, isOpen: true }
      this.guests.push(guest)
      queueMicrotask(() => {
        if (guest.isOpen && !this.isDead) handlers.onOpen()
      })
      return {
        send: (frame) => {
          const message = decodeClientMessage(frame)
          queueMicrotask(() => this.receive(guest, message))
        },
        close: () => this.forget(guest),
      }
    },
  }

  get guestCount(): number {
    return this.guests.length
  }

  log(name: string): FakeLog {
    let log = this.logs.get(name)
    if (!log) this.logs.set(name, (log = new FakeLog(name, this.streams.ruleFor(name), this.system)))
    return log
  }

  /** Messages of one type that arrived. */
  sent<Type extends ClientMessage['type']>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    return this.received.filter((message) => message.type === type) as Extract<
      ClientMessage,
      { type: Type }
    >[]
  }

  /** Somebody else's edit. */
  edit(name: string, intent: unknown, base?: number): void {
    const log = this.log(name)
    this.feed(log, log.edit(intent, base))
  }

  /** Breaks every connection. */
  dropAll(): void {
    for (const guest of [...this.guests]) {
      this.forget(guest)
      guest.handlers.onClose('the cable was cut')
    }
  }

  /** Says something to everybody. */
  broadcast(message: HubMessage): void {
    for (const guest of this.guests) this.send(guest, message)
  }

  /** Sends raw bytes to everybody. */
  sendBytes(frame: Uint8Array): void {
    for (const { handlers } of this.guests) handlers.onFrame(frame)
  }

  private forget(guest: Guest): void {
    guest.isOpen = false
    this.guests = this.guests.filter((other) => other !== guest)
  }

  private send(guest: Guest, message: HubMessage): void {
    const frame = encodeHubMessage(message)
    queueMicrotask(() => {
      if (guest.isOpen) guest.handlers.onFrame(frame)
    })
  }

  private receive(guest: Guest, message: ClientMessage): void {
    if (!guest.isOpen || this.isDead) return
    this.received.push(message)
    const scripted = this.intercept(message)
    if (scripted === 'lost') return
    this.send(guest, scripted ?? this.answer(guest, message))
  }

  private answer(guest: Guest, message: ClientMessage): HubMessage {
    const { id } = message
    const serverTimeMs = this.system.nowMs()
    const expiresAtMs = this.tokenLifetimeMs === 0 ? 0 : serverTimeMs + this.tokenLifetimeMs
    switch (message.type) {
      case 'hello': {
        for (const replica of [message.replica, ...message.adopted]) guest.replicas.add(replica)
        const { limits, subject } = this
        return {
          type: 'welcome',
          id,
          version: PROTOCOL_VERSION,
          sessionId: 's',
          subject,
          serverTimeMs,
          expiresAtMs,
          limits,
        }
      }
      case 'renew':
        return { type: 'renewed', id, expiresAtMs }
      case 'subscribe':
        return { type: 'subscribed', id, results: message.streams.map((cursor) => this.open(guest, cursor)) }
      case 'unsubscribe':
        for (const name of message.streams) guest.streams.delete(name)
        return { type: 'unsubscribed', id }
      case 'push':
        return {
          type: 'pushed',
          id,
          results: message.batches.map(({ stream, epoch, ops }) => {
            return this.store(guest, stream, epoch, ops)
          }),
        }
      case 'pull': {
        const log = this.log(message.stream)
        if (message.epoch !== log.epoch) {
          return {
            type: 'refused',
            id,
            error: toWireError(createError('stream/epoch-changed', 'Another epoch.')),
          }
        }
        const { epoch, headSeq, ops } = log
        return {
          type: 'pulled',
          id,
          stream: message.stream,
          epoch,
          headSeq,
          ops: ops.slice(message.afterSeq),
        }
      }
    }
  }

  private open(guest: Guest, { stream, epoch, seq, outbox, rebuildBelow }: StreamCursor): SubscribedResult {
    const log = this.log(stream)
    guest.streams.add(stream)
    const acknowledged = outbox.map(({ replica }) => ({ replica, through: log.throughOf(replica) }))
    const isOther = epoch !== log.epoch
    const needsSnapshot = rebuildBelow !== undefined || isOther || seq < log.floor
    const at = rebuildBelow !== undefined ? Math.min(rebuildBelow, log.headSeq) : log.headSeq
    const snapshot = needsSnapshot && at > 0 ? log.snapshotAt(at) : undefined
    const from = needsSnapshot ? at : seq
    return {
      kind: 'ok',
      stream,
      epoch: log.epoch,
      headSeq: log.headSeq,
      access: this.access,
      snapshot,
      ops: log.ops.slice(from),
      acknowledged,
    }
  }

  private store(
    guest: Guest,
    stream: string,
    epoch: string,
    ops: Parameters<FakeLog['append']>[0],
  ): PushedResult {
    const log = this.log(stream)
    const before = log.headSeq
    try {
      if (this.access === 'read') throw createError('acl/denied', 'No grant.')
      if (epoch !== log.epoch) throw createError('stream/epoch-changed', 'Another epoch.')
      if (ops.some(({ replica }) => !guest.replicas.has(replica))) {
        throw createError('op/replica-foreign', 'Not named by hello.')
      }
      const seqs = log.append(ops)
      this.feed(log, log.ops.slice(before))
      return { kind: 'ok', stream, epoch, seqs }
    } catch (error) {
      if (!isFlowSyncError(error)) throw error
      return { kind: 'failed', stream, error: toWireError(error) }
    }
  }

  private feed({ name, epoch }: FakeLog, ops: readonly SequencedOp[]): void {
    if (ops.length === 0 || !this.mayFeed(name, ops)) return
    for (const guest of this.guests) {
      if (guest.streams.has(name)) this.send(guest, { type: 'feed', stream: name, epoch, ops })
    }
  }
}

/** The answer of a hub that refuses every batch of a push. */
export function refuseBatches(message: ClientMessage, error: FlowSyncError): HubMessage | undefined {
  if (message.type !== 'push') return undefined
  return {
    type: 'pushed',
    id: message.id,
    results: message.batches.map(({ stream }) => ({ kind: 'failed', stream, error: toWireError(error) })),
  }
}
