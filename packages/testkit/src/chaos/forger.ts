import { socketTransport, type Transport } from '@flowsync/core'
import { isFlowSyncError, type AnyMergeRule, type Op } from '@flowsync/crdt'
import { createReplicaId, createSystem } from '@flowsync/protocol'
import { createRandom, type Random } from '../simulator/random.js'
import type { Author, AuthorOptions } from './author.js'
import type { AuthorStatus, FinalStream, History, HistoryEvent } from './evidence.js'
import { HandConnection } from './hand-connection.js'
import { counterOf, markOf, weightOf } from './marks.js'
import { streams } from './streams.js'
import { nowMs } from './now.js'
import { pause } from '../servers/until.js'
import { tapWire } from './wire-tap.js'

const LONGEST_BATCH = 6

/** Refusals that an honest retry never meets: the hub has forgotten, or taken for another, what it acknowledged. */
const IMPOSSIBLE = [
  'op/counter-gap',
  'op/replica-foreign',
  'op/unknown-base',
  'op/invalid',
  'stream/epoch-changed',
]

/**
 * Somebody who loses answers on purpose: pushes batches and hangs up, pushes them twice, over two connections at once, and again long after
 * they were acknowledged. Whatever he does, each op must be stored once.
 */
export class Forger implements Author {
  private readonly options: AuthorOptions
  private readonly random: Random
  private readonly transport: Transport
  private readonly stream: string
  private readonly rule: AnyMergeRule
  private readonly replica = createReplicaId(createSystem())
  private readonly events: HistoryEvent[] = []
  /** Batches in the order they were made; the last one may be unanswered. */
  private readonly batches: (readonly Op[])[] = []
  private sentThrough = 0
  private ackedThrough = 0
  private isResting = true
  private isClosed = false
  private running: Promise<void> = Promise.resolve()
  private trouble = ''

  constructor(options: AuthorOptions) {
    this.options = options
    const { author, seed, report } = options
    this.random = createRandom(`${seed}/author${author}`)
    this.stream = author % 2 === 0 ? 'log:0' : counterOf(author)
    this.rule = streams.ruleFor(this.stream)
    this.transport = tapWire(socketTransport(), {
      onAcks: (acks) => report({ type: 'wire-acks', acks }),
      onClaims: (claims) => report({ type: 'wire-claims', claims }),
    })
  }

  async whenReady(): Promise<void> {
    const line = await this.connect()
    line.close()
  }

  write(): void {
    this.isResting = false
    this.running = this.run()
  }

  rest(): void {
    this.isResting = true
  }

  setOnline(): void {
    // He is offline often enough.
  }

  get status(): AuthorStatus {
    const { author } = this.options
    const pendingCount = this.sentThrough - this.ackedThrough
    const words = `author ${author} (by hand) ${pendingCount} unanswered${this.trouble === '' ? '' : `, ${this.trouble}`}`
    return { author, pendingCount, isLive: true, seqs: {}, words }
  }

  get history(): History {
    return { author: this.options.author, events: this.events }
  }

  get finalStreams(): FinalStream[] {
    return []
  }

  async close(): Promise<void> {
    this.isResting = this.isClosed = true
    await this.running
  }

  private get isDue(): boolean {
    return !this.isClosed && (!this.isResting || this.ackedThrough < this.sentThrough)
  }

  private async run(): Promise<void> {
    while (this.isDue) {
      try {
        const line = await this.connect()
        try {
          await this.talk(line)
        } finally {
          line.close()
        }
      } catch (error) {
        if (!isFlowSyncError(error)) throw error
        this.trouble = `${error.code}: ${error.message}`
        if (IMPOSSIBLE.includes(error.code)) this.complain(`was refused with ${this.trouble}`)
        await pause(this.random.between(100, 600))
      }
    }
  }

  private async connect(): Promise<HandConnection> {
    const { url, token } = this.options
    const { transport, replica, stream, rule, sentThrough } = this
    const ackedThrough = this.ackedThrough
    const line = await HandConnection.open({
      url,
      transport,
      token: await token(),
      replica,
      stream,
      rule,
      sentThrough,
    })
    if (line.acknowledgedThrough < ackedThrough) {
      this.complain(
        `G1: the hub holds ${line.acknowledgedThrough} of ${ackedThrough} acknowledged ops of ${stream}`,
      )
    }
    return line
  }

  /** Pushes one batch after the other, until a connection is to be lost on purpose. */
  private async talk(line: HandConnection): Promise<void> {
    while (this.isDue) {
      const batch = this.ackedThrough < this.sentThrough ? (this.batches.at(-1) ?? []) : this.makeBatch()
      const way = this.random.next()
      if (way < 0.2) {
        line.pushBlindly(batch)
        // Whether the frame leaves before the connection goes is for the machine to decide.
        return await pause(this.random.between(0, 30))
      }
      if (way < 0.4) await Promise.all([this.deliver(line, batch), this.deliver(line, batch)])
      else if (way < 0.55) await this.deliverTwice(line, batch)
      else await this.deliver(line, batch)
      if (this.random.chance(0.15)) await this.deliver(line, this.random.pick(this.batches))
      await pause(this.random.between(60, 400))
    }
  }

  /** Over two connections at the same time, which may lead to two hubs. */
  private async deliverTwice(line: HandConnection, batch: readonly Op[]): Promise<void> {
    const other = await this.connect()
    try {
      await Promise.all([this.deliver(line, batch), this.deliver(other, batch)])
    } finally {
      other.close()
    }
  }

  private async deliver(line: HandConnection, batch: readonly Op[]): Promise<void> {
    const seqs = await line.push(batch)
    this.trouble = ''
    const { author, report } = this.options
    for (const [index, { counter }] of batch.entries()) {
      if (counter <= this.ackedThrough) continue
      this.ackedThrough = counter
      report({
        type: 'receipt',
        ack: { author, stream: this.stream, n: counter, seq: seqs[index] ?? 0, atMs: nowMs() },
      })
    }
  }

  private makeBatch(): readonly Op[] {
    const { author, authorCount, report } = this.options
    const from = this.sentThrough + 1
    const through = this.sentThrough + this.random.between(1, LONGEST_BATCH)
    const batch: Op[] = []
    for (let n = from; n <= through; n++) {
      batch.push(this.makeOp(n))
      this.events.push({
        kind: 'make',
        stream: this.stream,
        n,
        known: Array.from({ length: authorCount }, () => 0),
        atMs: nowMs(),
      })
      report({ type: 'made', author, stream: this.stream, n })
    }
    report({ type: 'batch', batch: { author, stream: this.stream, from, through } })
    this.sentThrough = through
    this.batches.push(batch)
    return batch
  }

  private makeOp(n: number): Op {
    const { rule, replica } = this
    const { author } = this.options
    const intent =
      rule.name === 'log'
        ? { op: 'append', value: markOf(author, n) }
        : { op: 'increment', amount: weightOf(author) }
    const body: unknown = rule.prepare(rule.create(), intent, { replica, counter: n, nowMs: 0 })
    return { replica, counter: n, count: 1, base: 0, extra: [], body: rule.encodeBody(body) }
  }

  private complain(problem: string): void {
    this.options.report({ type: 'problem', text: `author ${this.options.author}: ${problem}` })
  }
}
