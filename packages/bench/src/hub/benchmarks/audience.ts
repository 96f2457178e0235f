import type { Stage } from '../benchmark.js'
import type { RawClient } from '../client.js'
import { DeliveryCheck } from '../delivery-check.js'
import { Samples } from '../samples.js'
import { delay, Trouble, until } from '../settle.js'

const CONNECT_MS = 60_000
const DRAIN_MS = 30_000
/** How many connect at once while an audience gathers. */
const CONNECT_STEP = 100
/** Places for the times at which edits left: more than are ever under way. */
const KEPT_TIMES = 4096

/** Where an audience sits, and where its writer. */
export interface Seats {
  readonly stage: Stage
  /** Addresses for the subscribers, in turn. */
  readonly urls: readonly string[]
  readonly writerUrl: string
  readonly document: string
  readonly subscribers: number
  readonly workspace?: string
}

/** One writer and those who listen to it. Every delivery is counted and checked. */
export class Audience {
  readonly latencies: Samples[]
  readonly check: DeliveryCheck
  /** Frames with edits that the last subscriber got. */
  frames = 0
  private readonly seats: Seats
  private readonly clients: RawClient[] = []
  private readonly sentAt = new Float64Array(KEPT_TIMES)
  private writer: RawClient | undefined
  private sent = 0
  private isTimed = false
  private readonly trouble = new Trouble()
  private onProgress: () => void = () => undefined

  constructor(seats: Seats) {
    this.seats = seats
    this.check = new DeliveryCheck(seats.subscribers)
    this.latencies = seats.urls.map(() => new Samples())
  }

  /** Connects everybody. */
  async gather(): Promise<void> {
    const { stage, urls, writerUrl, subscribers } = this.seats
    const common = {
      document: this.seats.document,
      onFailure: this.trouble.report,
      ...(this.seats.workspace === undefined ? {} : { workspace: this.seats.workspace }),
    }
    this.writer = stage.open({ ...common, url: writerUrl, author: 1 })
    await this.connected([this.writer])
    for (let start = 0; start < subscribers; start += CONNECT_STEP) {
      const end = Math.min(subscribers, start + CONNECT_STEP)
      for (let index = start; index < end; index++) {
        const place = index % urls.length
        this.clients.push(
          stage.open({
            ...common,
            url: urls[place] ?? '',
            author: index + 2,
            onEdits: (first, through) => this.receive(index, place, first, through),
          }),
        )
      }
      await this.connected(this.clients.slice(start, end))
    }
  }

  /** An edit every `intervalMs`, for a while, until everybody has them all. Their latencies can be read then, by address. */
  async listen(forMs: number, intervalMs: number): Promise<void> {
    for (const samples of this.latencies) samples.clear()
    this.isTimed = true
    const startedAt = performance.now()
    for (let tick = 0; tick * intervalMs < forMs; tick++) {
      await delay(Math.max(0, startedAt + tick * intervalMs - performance.now()))
      this.write(1)
    }
    await this.settle()
    this.isTimed = false
  }

  /**
   * Keeps so many edits under way that not everybody has yet.
   * @returns deliveries within the time, and how long it was exactly
   */
  async flood(
    forMs: number,
    inFlight: number,
    atBounds: () => Promise<void> = async () => undefined,
  ): Promise<{ readonly deliveries: number; readonly seconds: number }> {
    let isOn = true
    let isDue = false
    this.onProgress = () => {
      if (isDue || !isOn) return
      isDue = true
      setImmediate(() => {
        isDue = false
        if (isOn) this.write(inFlight - (this.sent - this.check.reachedByAll))
      })
    }
    await atBounds()
    const startedAt = performance.now()
    const before = this.check.delivered
    this.write(inFlight)
    await delay(forMs)
    const deliveries = this.check.delivered - before
    const seconds = (performance.now() - startedAt) / 1000
    await atBounds()
    isOn = false
    this.onProgress = () => undefined
    await this.settle()
    return { deliveries, seconds }
  }

  close(): void {
    for (const client of [this.writer, ...this.clients]) client?.close()
  }

  private write(count: number): void {
    if (count <= 0) return
    const first = this.sent + 1
    const nowMs = performance.now()
    for (let i = 0; i < count; i++) this.sentAt[++this.sent % KEPT_TIMES] = nowMs
    this.writer?.send(first, this.sent)
  }

  private receive(subscriber: number, place: number, first: number, through: number): void {
    this.check.receive(subscriber, first, through)
    if (subscriber === this.seats.subscribers - 1) this.frames++
    if (this.isTimed) {
      const nowMs = performance.now()
      for (let number = first; number <= through; number++) {
        this.latencies[place]?.add(nowMs - (this.sentAt[number % KEPT_TIMES] ?? 0))
      }
    }
    this.onProgress()
  }

  /** Waits until everybody has everything. */
  private async settle(): Promise<void> {
    await until(
      () => `${this.check.missing(this.sent)} deliveries are missing`,
      () => this.check.reachedByAll === this.sent,
      DRAIN_MS,
      () => this.trouble.error ?? this.check.failure,
    )
    if (this.trouble.error) throw this.trouble.error
  }

  private async connected(clients: readonly RawClient[]): Promise<void> {
    await this.trouble.during('connecting', CONNECT_MS, Promise.all(clients.map(({ ready }) => ready)))
  }
}
