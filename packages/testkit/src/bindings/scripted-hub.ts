import type { DehydratedState, Transport, TransportHandlers } from '@flowsync/core'
import type { FlowSyncError } from '@flowsync/crdt'
import {
  decodeClientMessage,
  encodeHubMessage,
  PROTOCOL_VERSION,
  toWireError,
  type ClientMessage,
  type HubMessage,
  type Push,
  type PushedResult,
  type StreamCursor,
  type StreamDefinitions,
  type Subscribe,
  type SubscribedResult,
  type System,
} from '@flowsync/protocol'
import { ScriptedLog } from './scripted-log.js'

interface Guest {
  readonly streams: Set<string>
  /** Who said hello, by the token. */
  subject: string
  send(message: HubMessage): void
  /** Tells the client that the connection is gone. */
  lose(): void
}

/** What a hub says of its limits when nothing is to be limited. */
const limits = { frameBytes: 10 * 1024 * 1024, opsPerPush: 10_000 }

/**
 * A hub in a hundred lines for tests of what lies above the client: it keeps logs in memory, answers a moment later,
 * and can be told to wait or to refuse. It trusts its clients.
 */
export class ScriptedHub {
  private readonly streams: StreamDefinitions
  private readonly system: System
  private readonly logs = new Map<string, ScriptedLog>()
  private readonly guests = new Set<Guest>()
  private readonly refusals = new Map<string, FlowSyncError>()
  private held: (() => void)[] | undefined
  /** How often a client connected. */
  connectionCount = 0
  /** Where clients connected to, in order. */
  readonly urls: string[] = []
  /** How often a stream was asked for. */
  subscribeCount = 0

  constructor(streams: StreamDefinitions, system: System) {
    this.streams = streams
    this.system = system
  }

  readonly transport: Transport = {
    connect: ({ url }, handlers) => {
      this.connectionCount++
      this.urls.push(url)
      const guest = this.welcome(handlers)
      return {
        send: (frame) => {
          const message = decodeClientMessage(frame)
          queueMicrotask(() => this.receive(guest, message))
        },
        close: () => void this.guests.delete(guest),
      }
    },
  }

  /** How many connections are open. */
  get guestCount(): number {
    return this.guests.size
  }

  /** How many connections listen to a stream. */
  listenerCount(name: string): number {
    return [...this.guests].filter(({ streams }) => streams.has(name)).length
  }

  valueOf(name: string): unknown {
    return this.log(name).value
  }

  /** Who made the ops of a stream, in their order; `other` for those of {@link edit}. */
  authorsOf(name: string): readonly string[] {
    return this.log(name).authors
  }

  /** Breaks every connection. */
  dropAll(): void {
    const guests = [...this.guests]
    this.guests.clear()
    for (const guest of guests) guest.lose()
  }

  /** Answers nothing but greetings until {@link release}. */
  hold(): void {
    this.held ??= []
  }

  release(): void {
    const waiting = this.held ?? []
    this.held = undefined
    for (const answer of waiting) answer()
  }

  /** From now on the stream is refused to whoever subscribes. */
  refuse(name: string, error: FlowSyncError): void {
    this.refusals.set(name, error)
  }

  /** Somebody else edits a stream. */
  edit(name: string, intent: unknown): void {
    const log = this.log(name)
    const op = log.edit(intent)
    if (op !== undefined) this.feed(log, [op])
  }

  /** What `getServerData` would bring. */
  dehydrate(...names: string[]): DehydratedState {
    return { workspace: 'default', streams: names.map((name) => this.log(name).dehydrate()) }
  }

  private welcome(handlers: TransportHandlers): Guest {
    const guest: Guest = {
      streams: new Set(),
      subject: '',
      lose: () => handlers.onClose('the cable was cut'),
      send: (message) => {
        const frame = encodeHubMessage(message)
        queueMicrotask(() => {
          if (this.guests.has(guest)) handlers.onFrame(frame)
        })
      },
    }
    this.guests.add(guest)
    queueMicrotask(() => {
      if (this.guests.has(guest)) handlers.onOpen()
    })
    return guest
  }

  private receive(guest: Guest, message: ClientMessage): void {
    if (!this.guests.has(guest)) return
    if (this.held !== undefined && message.type !== 'hello') {
      this.held.push(() => this.receive(guest, message))
      return
    }
    guest.send(this.answer(guest, message))
  }

  private answer(guest: Guest, message: ClientMessage): HubMessage {
    const { id } = message
    switch (message.type) {
      case 'hello':
        guest.subject = subjectOf(message.token)
        return {
          type: 'welcome',
          id,
          version: PROTOCOL_VERSION,
          sessionId: `session-${this.connectionCount}`,
          subject: guest.subject,
          serverTimeMs: this.system.nowMs(),
          expiresAtMs: 0,
          limits,
        }
      case 'subscribe':
        return this.subscribe(guest, message)
      case 'unsubscribe':
        for (const name of message.streams) guest.streams.delete(name)
        return { type: 'unsubscribed', id }
      case 'push':
        return this.push(guest, message)
      case 'pull': {
        const { epoch, ops } = this.log(message.stream)
        return {
          type: 'pulled',
          id,
          stream: message.stream,
          epoch,
          headSeq: ops.length,
          ops: ops.slice(message.afterSeq),
        }
      }
      case 'renew':
        return { type: 'renewed', id, expiresAtMs: 0 }
    }
  }

  private subscribe(guest: Guest, { id, streams }: Subscribe): HubMessage {
    const results = streams.map((cursor): SubscribedResult => {
      this.subscribeCount++
      const refusal = this.refusals.get(cursor.stream)
      if (refusal !== undefined) return { kind: 'failed', stream: cursor.stream, error: toWireError(refusal) }
      guest.streams.add(cursor.stream)
      return this.catchUp(cursor)
    })
    return { type: 'subscribed', id, results }
  }

  private catchUp({ stream, epoch, seq, outbox }: StreamCursor): SubscribedResult {
    const log = this.log(stream)
    const acknowledged = outbox.map(({ replica }) => {
      const own = log.ops.filter((op) => op.replica === replica)
      return {
        replica,
        through: own.reduce((through, { counter, count }) => Math.max(through, counter + count - 1), 0),
      }
    })
    const ops = log.ops.slice(epoch === log.epoch ? seq : 0)
    return {
      kind: 'ok',
      stream,
      epoch: log.epoch,
      headSeq: log.ops.length,
      access: 'write',
      snapshot: undefined,
      ops,
      acknowledged,
    }
  }

  private push({ subject }: Guest, { id, batches }: Push): HubMessage {
    const results = batches.map(({ stream, ops }): PushedResult => {
      const log = this.log(stream)
      const before = log.ops.length
      const seqs = ops.map((op) => log.append(op, subject).seq)
      this.feed(log, log.ops.slice(before))
      return { kind: 'ok', stream, epoch: log.epoch, seqs }
    })
    return { type: 'pushed', id, results }
  }

  private feed({ name, epoch }: ScriptedLog, ops: ScriptedLog['ops']): void {
    if (ops.length === 0) return
    for (const guest of this.guests) {
      if (guest.streams.has(name)) guest.send({ type: 'feed', stream: name, epoch, ops })
    }
  }

  private log(name: string): ScriptedLog {
    const log = this.logs.get(name) ?? new ScriptedLog(name, this.streams.ruleFor(name), this.system)
    this.logs.set(name, log)
    return log
  }
}

/** The `sub` of a token of {@link tokenOf}; `alice` for any other. */
function subjectOf(token: string): string {
  const [, payload] = token.split('.')
  return payload === undefined ? 'alice' : (JSON.parse(atob(payload)) as { sub: string }).sub
}

/** An unsigned JSON Web Token of a user, which the scripted hub believes. */
export function tokenOf(subject: string): string {
  return `e30.${btoa(JSON.stringify({ sub: subject }))}.x`
}
