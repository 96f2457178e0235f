import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'

/** How long something takes, in virtual milliseconds: evenly between the two. */
export interface Latency {
  readonly lowMs: number
  readonly highMs: number
}

interface InFlight<Item> {
  readonly item: Item
  cancel: () => void
}

/**
 * One direction of a connection: items arrive in the order they were sent, each after its latency. It can stall (a
 * route is gone and the sender does not know) and it can be cut, which loses a random number of the last items.
 */
export class Pipe<Item> {
  private readonly scheduler: Scheduler
  private readonly random: Random
  private readonly label: string
  private readonly deliver: (item: Item) => void
  private readonly inFlight: InFlight<Item>[] = []
  private lastArrivalMs = 0
  private isStalled = false
  private isCut = false
  latency: Latency

  constructor(
    options: { scheduler: Scheduler; random: Random; label: string; latency: Latency },
    deliver: (item: Item) => void,
  ) {
    this.scheduler = options.scheduler
    this.random = options.random
    this.label = options.label
    this.latency = options.latency
    this.deliver = deliver
  }

  send(item: Item): void {
    if (this.isCut) return
    const entry: InFlight<Item> = { item, cancel: () => undefined }
    this.inFlight.push(entry)
    if (!this.isStalled) this.launch(entry)
  }

  /** Holds back what is under way and what is sent from now on. */
  stall(): void {
    this.isStalled = true
    for (const entry of this.inFlight) entry.cancel()
  }

  /** Lets everything held back go on, in order. */
  resume(): void {
    if (!this.isStalled) return
    this.isStalled = false
    for (const entry of this.inFlight) this.launch(entry)
  }

  /** Loses the last items under way, a random number of them, and everything sent from now on; `end` arrives last. */
  cut(end: Item): void {
    if (this.isCut) {
      // Its end is under way, or stuck.
      this.resume()
      return
    }
    const kept = this.isStalled ? 0 : this.random.int(this.inFlight.length + 1)
    for (const { cancel } of this.inFlight.splice(kept)) cancel()
    this.isStalled = false
    this.send(end)
    this.isCut = true
  }

  private launch(entry: InFlight<Item>): void {
    const { lowMs, highMs } = this.latency
    const now = this.scheduler.nowMs
    const arrival = Math.max(this.lastArrivalMs, now + lowMs + this.random.next() * (highMs - lowMs))
    this.lastArrivalMs = arrival
    entry.cancel = this.scheduler.schedule(arrival - now, this.label, () => {
      this.inFlight.shift()
      this.deliver(entry.item)
    })
  }
}
