import type { Connection, Transport } from '@flowsync/core'
import { FlowSyncError, type AnyMergeRule, type Op, type ReplicaId } from '@flowsync/crdt'
import {
  decodeHubMessage,
  encodeClientMessage,
  NO_EPOCH,
  PROTOCOL_VERSION,
  type ClientMessage,
  type HubMessage,
} from '@flowsync/protocol'
import { CHAOS_WORKSPACE } from './marks.js'

const ANSWER_LIMIT_MS = 5_000

type Answer = Extract<HubMessage, { readonly id: number }>

/** Where to, as whom, and what was sent before. */
export interface HandConnectionOptions {
  readonly url: string
  readonly transport: Transport
  readonly token: string
  readonly replica: ReplicaId
  readonly stream: string
  readonly rule: AnyMergeRule
  /** The highest counter that was ever sent. */
  readonly sentThrough: number
}

/** A connection of somebody who speaks the protocol by hand, on one stream. */
export class HandConnection {
  /** What the hub says it holds of the replica. */
  acknowledgedThrough = 0
  private epoch = NO_EPOCH
  private readonly stream: string
  private readonly connection: Connection
  private readonly waiting = new Map<number, (answer: Answer | Error) => void>()
  private readonly opened: Promise<void>
  private open: () => void = () => undefined
  private failure: Error | undefined
  private lastId = 0

  private constructor({ url, transport, stream }: HandConnectionOptions) {
    this.stream = stream
    this.opened = new Promise((resolve) => {
      this.open = resolve
    })
    this.connection = transport.connect(
      { url, workspace: CHAOS_WORKSPACE },
      {
        onOpen: () => this.open(),
        onFrame: (frame) => this.take(decodeHubMessage(frame)),
        onClose: (reason) => this.fail(new FlowSyncError('network/unreachable', reason)),
      },
    )
  }

  /** Connects, says hello and opens the stream. */
  static async open(options: HandConnectionOptions): Promise<HandConnection> {
    const line = new HandConnection(options)
    try {
      await line.handshake(options)
      return line
    } catch (error) {
      line.close()
      throw error
    }
  }

  /** Pushes ops as one batch and resolves with their seqs. */
  async push(ops: readonly Op[]): Promise<readonly number[]> {
    const batches = [{ stream: this.stream, epoch: this.epoch, ops }]
    const answer = await this.ask({ type: 'push', id: ++this.lastId, batches })
    const result = answer.type === 'pushed' ? answer.results[0] : undefined
    if (result?.kind === 'ok') return result.seqs
    throw refusal(result?.error ?? (answer.type === 'refused' ? answer.error : undefined))
  }

  /** Pushes ops and does not wait for what becomes of them. */
  pushBlindly(ops: readonly Op[]): void {
    const batches = [{ stream: this.stream, epoch: this.epoch, ops }]
    this.connection.send(encodeClientMessage({ type: 'push', id: ++this.lastId, batches }))
  }

  close(): void {
    this.connection.close()
    this.fail(new FlowSyncError('client/closed', 'The connection was closed.'))
  }

  private async handshake({
    token,
    replica,
    stream,
    rule,
    sentThrough,
  }: HandConnectionOptions): Promise<void> {
    const timer = setTimeout(() => this.close(), ANSWER_LIMIT_MS)
    await this.opened
    clearTimeout(timer)
    const welcome = await this.ask({
      type: 'hello',
      id: ++this.lastId,
      version: PROTOCOL_VERSION,
      replica,
      adopted: [],
      token,
      client: 'chaos',
    })
    if (welcome.type !== 'welcome') throw refusal(welcome.type === 'refused' ? welcome.error : undefined)
    const outbox = sentThrough === 0 ? [] : [{ replica, from: 1, through: sentThrough }]
    const cursor = {
      stream,
      rule: rule.name,
      ruleVersion: rule.version,
      epoch: NO_EPOCH,
      seq: 0,
      outbox,
      rebuildBelow: undefined,
    }
    const answer = await this.ask({ type: 'subscribe', id: ++this.lastId, streams: [cursor] })
    const result = answer.type === 'subscribed' ? answer.results[0] : undefined
    if (result?.kind !== 'ok')
      throw refusal(result?.error ?? (answer.type === 'refused' ? answer.error : undefined))
    this.epoch = result.epoch
    this.acknowledgedThrough = result.acknowledged[0]?.through ?? 0
  }

  private ask(message: ClientMessage): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure)
      const timer = setTimeout(() => this.close(), ANSWER_LIMIT_MS)
      this.waiting.set(message.id, (answer) => {
        clearTimeout(timer)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      })
      this.connection.send(encodeClientMessage(message))
    })
  }

  private take(message: HubMessage): void {
    if (!('id' in message)) return
    const tell = this.waiting.get(message.id)
    this.waiting.delete(message.id)
    tell?.(message)
  }

  private fail(error: Error): void {
    this.failure ??= error
    this.open()
    for (const tell of this.waiting.values()) tell(error)
    this.waiting.clear()
  }
}

function refusal(error: { readonly code: string; readonly message: string } | undefined): FlowSyncError {
  return new FlowSyncError(error?.code ?? 'codec/malformed', error?.message ?? 'The hub gave another answer.')
}
