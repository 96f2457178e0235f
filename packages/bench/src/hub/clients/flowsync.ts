import { Fold, type Op, type ReplicaId, type SequencedOp, text } from '@flowsync/crdt'
import {
  type ClientMessage,
  decodeHubMessage,
  decodeSocketPacket,
  encodeClientMessage,
  encodeSocketConnect,
  encodeSocketMessage,
  type Feed,
  type HubMessage,
  PROTOCOL_VERSION,
  type SubscribedResult,
} from '@flowsync/protocol'
import type { SessionEdit } from '@flowsync/testkit/sessions'
import type { ClientOptions, RawClient } from '../client.js'
import { FrameMemo } from '../frame-memo.js'
import { LightSocket } from '../light-socket.js'

type Opened = SubscribedResult & { readonly kind: 'ok' }
/** What a frame means; of a feed no more than it takes to count it. */
type Packet =
  | Exclude<HubMessage, Feed>
  | 'connected'
  | { readonly type: 'edits'; readonly first: number; readonly through: number; readonly seq: number }

const rule = text()
/** All connections of the process share it. */
const memo = new FrameMemo<Packet>()
const OPS_PER_PUSH = 5_000
/** A hub makes no snapshot for fewer. */
const RESTING_OPS = 1_000
const CONNECT = 0
const EVENT = 2

/** FlowSync's protocol: Socket.io over one WebSocket, binary frames. What is due at once goes into one push, as with the real client. */
class FlowSyncClient implements RawClient {
  readonly ready: Promise<void>
  private readonly options: ClientOptions
  private readonly namespace: string
  private readonly stream: string
  private readonly replica: ReplicaId
  private readonly socket: LightSocket
  private readonly answers = new Map<number, (message: Exclude<HubMessage, Feed>) => void>()
  private resolveReady: () => void = () => undefined
  private joined: Opened | undefined
  private isMuted = false
  private lastId = 0
  /** What its next ops know: acknowledged or heard. */
  private seq = 0

  constructor(options: ClientOptions) {
    this.options = options
    this.namespace = `/${options.workspace ?? 'default'}`
    this.stream = `doc:${options.document}`
    this.replica = replicaOf(options.author)
    this.ready = new Promise((resolve) => (this.resolveReady = resolve))
    this.socket = new LightSocket(options.url, '/socket.io/?EIO=4&transport=websocket', {
      onOpen: () => undefined,
      onText: (packet) => {
        if (packet.startsWith('0')) this.socket.sendBinary(encodeSocketConnect(this.namespace))
        else if (packet === '2') this.socket.sendText('3')
      },
      onBinary: (bytes) => this.receive(memo.read(bytes, decodePacket, isShared)),
      onFailure: options.onFailure,
    })
  }

  send(first: number, through: number): void {
    const ops: Op[] = []
    for (let number = first; number <= through; number++) {
      const body = rule.encodeBody({ position: number - 1, deleteCount: 0, insert: 'x' })
      ops.push(this.op(number, 1, body))
    }
    const epoch = this.opened.epoch
    this.push(ops, epoch)
  }

  version(): unknown {
    return { epoch: this.opened.epoch, seq: this.seq }
  }

  text(): string {
    const { snapshot, ops } = this.opened
    const fold = new Fold(rule, snapshot)
    for (const op of ops) fold.receive(op)
    return fold.value
  }

  joinedBytes(): number {
    const { snapshot, ops } = this.opened
    return (snapshot?.state.length ?? 0) + ops.reduce((sum, { body }) => sum + body.length, 0)
  }

  expectsLess(): boolean {
    return this.opened.ops.length > RESTING_OPS
  }

  async mute(): Promise<void> {
    this.isMuted = true
    await this.ask({ type: 'unsubscribe', id: ++this.lastId, streams: [this.stream] })
  }

  async stored(): Promise<number> {
    const { epoch } = this.opened
    const { results } = await this.subscribe({ epoch, seq: this.seq })
    if (this.isMuted) await this.mute()
    return openedOf(results[0]).headSeq
  }

  async fill(edits: readonly SessionEdit[]): Promise<void> {
    let counter = 1
    for (let start = 0; start < edits.length; start += OPS_PER_PUSH) {
      const ops = edits.slice(start, start + OPS_PER_PUSH).map((edit) => {
        const count = edit.deleteCount + edit.insert.length
        const op = this.op(counter, count, rule.encodeBody(edit))
        counter += count
        return op
      })
      await new Promise<void>((resolve, reject) => this.push(ops, this.opened.epoch, resolve, reject))
    }
  }

  close(): void {
    this.socket.close()
  }

  private get opened(): Opened {
    if (!this.joined) throw new Error('not joined yet')
    return this.joined
  }

  private op(counter: number, count: number, body: Uint8Array): Op {
    return { replica: this.replica, counter, count, base: this.seq, extra: [], body }
  }

  private push(
    ops: readonly Op[],
    epoch: string,
    done?: () => void,
    failed: (error: Error) => void = this.options.onFailure,
  ): void {
    const id = ++this.lastId
    this.answers.set(id, (answer) => {
      const result = answer.type === 'pushed' ? answer.results[0] : undefined
      if (result?.kind !== 'ok') return failed(new Error(`a push was refused: ${JSON.stringify(answer)}`))
      if (result.seqs.length !== ops.length) return failed(new Error('an answer with too few seqs'))
      this.seq = Math.max(this.seq, result.seqs.at(-1) ?? 0)
      this.options.onAcknowledged?.(ops.length)
      done?.()
    })
    this.say({ type: 'push', id, batches: [{ stream: this.stream, epoch, ops }] })
  }

  private say(message: ClientMessage): void {
    this.socket.sendBinary(encodeSocketMessage(this.namespace, encodeClientMessage(message)))
  }

  private ask(message: ClientMessage): Promise<Exclude<HubMessage, Feed>> {
    return new Promise((resolve) => {
      this.answers.set(message.id, resolve)
      this.say(message)
    })
  }

  private async subscribe(at: { epoch: string; seq: number }) {
    const cursor = { stream: this.stream, rule: rule.name, ruleVersion: rule.version, outbox: [], ...at }
    const answer = await this.ask({ type: 'subscribe', id: ++this.lastId, streams: [cursor] })
    if (answer.type !== 'subscribed') throw new Error(`a subscribe was refused: ${JSON.stringify(answer)}`)
    return answer
  }

  /** The rest of a long tail, as far as an answer goes. */
  private async pull(epoch: string, afterSeq: number): Promise<readonly SequencedOp[]> {
    const answer = await this.ask({ type: 'pull', id: ++this.lastId, stream: this.stream, epoch, afterSeq })
    if (answer.type !== 'pulled' || answer.ops.length === 0) {
      throw new Error(`a pull was refused: ${JSON.stringify(answer)}`)
    }
    return answer.ops
  }

  private receive(packet: Packet): void {
    if (packet === 'connected') this.join().catch(this.options.onFailure)
    else if (packet.type === 'edits') {
      // A hub may repeat the latest op, to tell whoever lacks it to pull; every client passes over what it has.
      if (packet.seq <= this.seq) return
      this.seq = packet.seq
      this.options.onEdits?.(packet.first, packet.through)
    } else if ('id' in packet && this.answers.has(packet.id)) {
      const answer = this.answers.get(packet.id)
      this.answers.delete(packet.id)
      answer?.(packet)
    } else if (packet.type === 'drain') {
      // The end of the connection says so too.
    } else this.options.onFailure(new Error(`an unexpected message: ${packet.type}`))
  }

  private async join(): Promise<void> {
    await this.ask({
      type: 'hello',
      id: ++this.lastId,
      version: PROTOCOL_VERSION,
      replica: this.replica,
      adopted: [],
      token: 'bench',
      client: 'bench',
    })
    const { epoch, seq } = (this.options.have ?? { epoch: '', seq: 0 }) as { epoch: string; seq: number }
    const opened = openedOf((await this.subscribe({ epoch, seq })).results[0])
    const ops = [...opened.ops]
    for (;;) {
      const reached = ops.at(-1)?.seq ?? opened.snapshot?.seq ?? seq
      if (reached >= opened.headSeq) break
      ops.push(...(await this.pull(opened.epoch, reached)))
    }
    this.joined = { ...opened, ops }
    this.seq = opened.headSeq
    this.resolveReady()
  }
}

function decodePacket(bytes: Buffer): Packet {
  const { type, data } = decodeSocketPacket(bytes)
  if (type === CONNECT) return 'connected'
  if (type !== EVENT) throw new Error(`the hub ended the connection: ${JSON.stringify(data)}`)
  const message = decodeHubMessage((data as readonly [string, Uint8Array])[1])
  return message.type === 'feed' ? editsOf(message) : message
}

/** @throws Error when an op between them is missing */
function editsOf({ ops }: Feed): Packet {
  const [first] = ops
  const last = ops.at(-1)
  if (!first || !last) throw new Error('a feed without ops')
  ops.reduce(
    (before, op) => {
      if (op.counter === before.counter + before.count && op.seq === before.seq + 1) return op
      throw new Error('a feed with a gap')
    },
    { counter: first.counter, count: 0, seq: first.seq - 1 },
  )
  return { type: 'edits', first: first.counter, through: last.counter + last.count - 1, seq: last.seq }
}

function isShared(packet: Packet): boolean {
  return packet !== 'connected' && (packet.type === 'edits' || packet.type === 'subscribed')
}

function openedOf(result: SubscribedResult | undefined): Opened {
  if (result?.kind === 'ok') return result
  throw new Error(`the stream did not open: ${JSON.stringify(result)}`)
}

function replicaOf(author: number): ReplicaId {
  return author.toString(16).padStart(32, '0') as ReplicaId
}

/** Opens a connection to a hub. */
export function open(options: ClientOptions): RawClient {
  return new FlowSyncClient(options)
}
