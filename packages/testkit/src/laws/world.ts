import { Fold } from '@flowsync/crdt'
import type { AnyMergeRule, Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { demand, sameBytes, sameValue } from './compare.js'
import { HubLog, pick } from './hub-log.js'
import type { AnyFold } from './hub-log.js'
import { Observer } from './observer.js'
import type { AnyLawsSpec } from './spec.js'

/** Tabs that share one outbox on disk, as those of one browser do. */
interface Browser {
  /** Ops that the hub has not placed, in the order they were made. */
  outbox: Op[]
}

interface Client {
  readonly browser: Browser
  replica: ReplicaId
  nextCounter: number
  fold: AnyFold
}

const MAX_CLIENTS = 8

/**
 * One stream with its hub and its clients, without network and disk: what those can do to the order
 * of calls is done by the methods. Every change is checked while it happens.
 */
export class World {
  private readonly spec: AnyLawsSpec
  private readonly rule: AnyMergeRule
  private readonly observer: Observer
  readonly hub: HubLog
  private readonly browsers: Browser[] = []
  private readonly clients: Client[] = []
  private replicas = 0

  /** @param tabs how many tabs each browser has at first */
  constructor(spec: AnyLawsSpec, tabs: readonly number[]) {
    this.spec = spec
    this.rule = spec.rule
    this.observer = new Observer(spec)
    this.hub = new HubLog(this.rule, this.observer, this.mintReplica())
    for (const count of tabs) {
      const browser: Browser = { outbox: [] }
      this.browsers.push(browser)
      for (let tab = 0; tab < count; tab++) this.open(browser, new Fold(this.rule))
    }
  }

  private mintReplica(): ReplicaId {
    this.replicas++
    // Not in order of creation: what compares replica ids must not depend on it.
    const digits = (Math.imul(this.replicas, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
    return digits.repeat(4) as ReplicaId
  }

  private open(browser: Browser, fold: AnyFold): void {
    this.clients.push({ browser, replica: this.mintReplica(), nextCounter: 1, fold })
  }

  private client(index: number): Client {
    return pick(this.clients, index)
  }

  /** A client makes an op of an intent. */
  edit(clientIndex: number, seed: unknown, nowMs: number): void {
    const client = this.client(clientIndex)
    const before = client.fold.value
    const intent = this.spec.intent(seed, before)
    const id = { replica: client.replica, counter: client.nextCounter }
    const prepared = client.fold.prepare(intent, { ...id, nowMs })
    if (!prepared) {
      demand(client.fold.value === before, 'an intent that changes nothing keeps the value', intent)
      return
    }
    const { op } = prepared
    const again = this.rule.countOf(this.rule.decodeBody(op.body))
    demand(op.count === again, 'a body survives encoding with its count', op, again)
    client.nextCounter += op.count
    client.browser.outbox.push(op)
    this.observer.changed(client.fold, before, prepared.deltas, 'prepare')
    const after = client.fold.value
    demand(this.spec.isDone?.(intent, after) ?? true, 'an author sees what he did', intent, after)
  }

  /** The hub places up to `count` ops of a browser that it may place now, in any order among the tabs. */
  send(browserIndex: number, choice: number, count: number): void {
    const browser = pick(this.browsers, browserIndex)
    for (let sent = 0; sent < count && browser.outbox.length > 0; sent++) {
      const ready = browser.outbox.filter((op) => this.mayPlace(op, browser))
      const op = pick(ready, choice)
      browser.outbox = browser.outbox.filter((other) => other !== op)
      this.hub.place(op)
    }
  }

  private mayPlace(op: Op, browser: Browser): boolean {
    const first = browser.outbox.find(({ replica }) => replica === op.replica)
    return first === op && op.extra.every((known) => this.hub.isPlaced(known))
  }

  /** A client folds up to `count` further ops of the log. */
  pull(clientIndex: number, count: number): void {
    const client = this.client(clientIndex)
    const end = Math.min(this.hub.head, client.fold.seq + count)
    while (client.fold.seq < end) this.receive(client, pick(this.hub.ops, client.fold.seq))
  }

  private receive(client: Client, op: SequencedOp): void {
    const before = client.fold.value
    const received = client.fold.receive(op)
    switch (received.kind) {
      case 'applied':
        this.observer.changed(client.fold, before, received.deltas, 'receive')
        return
      case 'settled':
        this.observer.changed(client.fold, before, [], 'settle')
        return
      case 'ignored':
        demand(client.fold.value === before, 'an ignored op changes nothing', op)
        return
      case 'needs-history':
        demand(client.fold.value === before, 'needs-history changes nothing', op)
        this.foldAgain(client, op)
        demand(client.fold.receive(op).kind !== 'needs-history', 'history is enough from the base on', op)
        return
      case 'duplicate':
      case 'gap':
        demand(false, 'the next op is folded', received)
    }
  }

  /** Goes back to a snapshot at which `op` can be merged. */
  private foldAgain(client: Client, op: Op): void {
    const before = client.fold.value
    const pending = client.fold.pending.map((own) => own.op)
    client.fold = this.hub.refold(client.fold.seq, [op, ...pending], pending, 0)
    const { value } = client.fold
    demand(sameValue(value, before), 'folding again gives the same value', value, before)
  }

  /** An op that was folded before and one after a gap reach a client again. */
  disturb(clientIndex: number, past: number, ahead: number): void {
    const { fold } = this.client(clientIndex)
    const before = fold.value
    const { seq } = fold
    if (seq > 0) {
      const { kind } = fold.receive(pick(this.hub.ops, past % seq))
      demand(kind === 'duplicate', 'a duplicate is recognised', kind)
    }
    const later = this.hub.ops[seq + 1 + ahead]
    if (later) {
      const { kind } = fold.receive(later)
      demand(kind === 'gap', 'a gap is recognised', kind)
    }
    demand(fold.value === before && fold.seq === seq, 'duplicates and gaps change nothing')
  }

  /** A tab takes over up to `count` ops that other tabs of its browser have made. */
  share(clientIndex: number, count: number): void {
    const client = this.client(clientIndex)
    let shared = 0
    for (const op of client.browser.outbox) {
      if (shared === count || !this.mayAdopt(client.fold, op)) return
      if (client.fold.pending.some((own) => own.op === op)) continue
      if (op.base < client.fold.floor) {
        const pending = client.fold.pending.map((own) => own.op)
        client.fold = this.hub.refold(client.fold.seq, [op, ...pending], pending, 0)
      }
      if (op.base < client.fold.floor) this.foldAgain(client, op)
      const before = client.fold.value
      const deltas = client.fold.addPending(op)
      this.observer.changed(client.fold, before, deltas, 'addPending')
      shared++
    }
  }

  /** What the author knew must be known here as well. */
  private mayAdopt(fold: AnyFold, op: Op): boolean {
    const chain: OpId[] = op.counter === 1 ? [] : [{ replica: op.replica, counter: op.counter - 1 }]
    return op.base <= fold.seq && [...chain, ...op.extra].every((known) => this.hub.isKnownTo(fold, known))
  }

  /** A tab dies; another is opened on what its browser has on disk, folded from a snapshot of some age. */
  restart(clientIndex: number, age: number): void {
    const client = this.client(clientIndex)
    const { seq } = client.fold
    const adopted: Op[] = []
    const shadow = this.hub.refold(seq, client.browser.outbox, [], 0)
    for (const op of client.browser.outbox) {
      if (!this.mayAdopt(shadow, op)) break
      shadow.addPending(op)
      adopted.push(op)
    }
    client.fold = this.hub.refold(seq, adopted, adopted, age)
    const { value } = client.fold
    demand(sameValue(value, shadow.value), 'the age of a snapshot does not show', value, shadow.value)
    client.replica = this.mintReplica()
    client.nextCounter = 1
  }

  /** A new client begins with the hub's snapshot at some seq. */
  join(browserIndex: number, at: number): void {
    if (this.clients.length >= MAX_CLIENTS) return
    this.open(pick(this.browsers, browserIndex), this.hub.fromSnapshot(at % (this.hub.head + 1)))
  }

  /** Everything is sent and pulled; then all replicas hold the same bytes and show the same value. */
  heal(): void {
    this.browsers.forEach((browser, index) => this.send(index, 0, browser.outbox.length))
    const { reference, state } = this.hub
    this.clients.forEach((client, index) => {
      this.pull(index, this.hub.head)
      const { fold } = client
      demand(fold.pending.length === 0, 'every own op is settled', fold.pending)
      const { value } = fold
      demand(sameValue(value, reference.value), 'replicas show the same value', value, reference.value)
      const bytes = fold.encodeState()
      demand(sameBytes(bytes, state), 'replicas hold the same bytes', bytes, state)
      demand(fold.value === value, 'encoding keeps the reference')
    })
    this.observer.checkHeld()
  }

  /** Pending ops of one client, with the fold they were made on, without them. */
  offline(clientIndex: number): { readonly pending: readonly Op[]; readonly source: AnyFold } {
    const { fold } = this.client(clientIndex)
    const pending = fold.pending.map(({ op }) => op)
    return { pending, source: this.hub.refold(fold.seq, pending, [], 0) }
  }
}
