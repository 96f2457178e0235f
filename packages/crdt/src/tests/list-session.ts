import { Fold } from '../fold.js'
import type { Json, JsonText } from '../json.js'
import { list } from '../list.js'
import type { ListIntent } from '../list.js'
import type { ElementName, ElementNames, NameRun } from '../list/element-name.js'
import { decodeListBody, encodeListBody } from '../list/list-body-codec.js'
import { countOfListBody } from '../list/list-body.js'
import type { ListBody, SlotRange } from '../list/list-body.js'
import { applyListDeltas } from '../list/list-delta.js'
import type { ListDelta } from '../list/list-delta.js'
import type { ListState } from '../list/list-state.js'
import type { Op, ReplicaId, SequencedOp } from '../op.js'
import { ListReference } from './list-reference.js'
import type { Random } from './random.js'

type ListFold = Fold<readonly Json[], ListIntent<Json>, ListBody, ListState, ListDelta<Json>>

/** Tabs that share an outbox, as those of one browser do. */
interface Browser {
  outbox: Op[]
}

interface Tab {
  readonly browser: Browser
  fold: ListFold
  replica: ReplicaId
  nextCounter: number
}

/** An item says which one it is, however often it is set. */
interface Item {
  readonly id: number
  readonly edit: number
}

const RULE = list()
const NOW_MS = 1_760_000_000_000
const YEAR_MS = 365.25 * 24 * 3_600_000

/** What is different from one session to another. */
interface ListSessionOptions {
  /** Ops that no well-behaved client makes. */
  readonly withForgery: boolean
}

/**
 * One list with a hub and several browsers, driven by chance: edits, offline spells, shared outboxes,
 * restarts from snapshots of any age, late joiners, wrong clocks and forged ops. All that is shown is
 * compared with {@link ListReference}; without forgery every item is there once unless somebody deleted it.
 */
export class ListSession {
  private readonly random: Random
  private readonly withForgery: boolean
  private readonly tabs: Tab[] = []
  private readonly log: SequencedOp[] = []
  private readonly ignored = new Set<number>()
  private readonly hub: ListFold = new Fold(RULE)
  /** The encoded state at each seq. */
  private readonly snapshots = [this.hub.encodeState()]
  private readonly forger: { readonly replica: ReplicaId; counter: number }
  private readonly inserted = new Set<number>()
  private readonly deleted = new Set<number>()
  private replicas = 0
  private edits = 0

  constructor(random: Random, { withForgery }: ListSessionOptions) {
    this.random = random
    this.withForgery = withForgery
    this.forger = { replica: this.newReplica(), counter: 1 }
    const browsers = 1 + random.below(3)
    for (let index = 0; index < browsers; index++) {
      const browser: Browser = { outbox: [] }
      const tabs = 1 + random.below(2)
      for (let tab = 0; tab < tabs; tab++) this.open(browser, new Fold(RULE))
    }
  }

  private newReplica(): ReplicaId {
    this.replicas++
    const digit = this.random.below(16).toString(16).padStart(2, '0')
    return digit.concat(this.replicas.toString(16).padStart(30, '0')) as ReplicaId
  }

  private open(browser: Browser, fold: ListFold): void {
    this.tabs.push({ browser, fold, replica: this.newReplica(), nextCounter: 1 })
  }

  /** Plays some steps, then brings all together. Throws when anything is not as it must be. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.step(this.random.pick(this.tabs))
    this.heal()
  }

  private step(tab: Tab): void {
    const { random } = this
    const kind = random.below(100)
    if (kind < 52) this.edit(tab)
    else if (kind < 64) this.send(tab.browser, 1 + random.below(4))
    else if (kind < 78) this.pull(tab, 1 + random.below(6))
    else if (kind < 83) this.share(tab)
    else if (kind < 86) this.restart(tab)
    else if (kind < 88) this.join(tab.browser)
    else if (kind < 94) this.forge()
    else if (kind < 97) this.disturb(tab)
    else this.compare(tab)
  }

  private edit(tab: Tab): void {
    const { random } = this
    const burst = random.chance(0.6) ? 1 : 1 + random.below(4)
    for (let index = 0; index < burst; index++) {
      if (this.withForgery && random.chance(0.1)) this.applyHostile(tab)
      else this.prepare(tab, this.intentFor(tab.fold.value))
    }
  }

  private intentFor(value: readonly Json[]): ListIntent<Json> {
    const { random } = this
    // A little beyond the end at times. Few places, so that many edit the same item.
    const place = () => random.below(Math.min(value.length, 6) + 2)
    const kind = random.below(100)
    if (kind < 30) {
      const values = Array.from({ length: random.chance(0.7) ? 1 : random.below(4) }, () => this.newItem())
      return { op: 'insert', pos: place(), values }
    }
    if (kind < 45) return { op: 'delete', pos: place(), length: random.chance(0.7) ? 1 : random.below(4) }
    if (kind < 65) {
      const pos = place()
      const { id } = (value[pos] ?? { id: -1 }) as unknown as Item
      return { op: 'set', pos, value: { id, edit: ++this.edits } }
    }
    return { op: 'move', from: place(), to: place() }
  }

  private newItem(): Json {
    const id = ++this.edits
    return { id, edit: 0 }
  }

  private prepare(tab: Tab, intent: ListIntent<Json>): void {
    const { random } = this
    const before = tab.fold.value
    const skew = random.chance(0.1) ? random.pick([-10, 10]) * YEAR_MS : random.below(50)
    const id = { replica: tab.replica, counter: tab.nextCounter }
    const prepared = tab.fold.prepare(intent, { ...id, nowMs: NOW_MS + skew })
    if (intent.op === 'insert') for (const item of intent.values) this.inserted.add(idOf(item))
    if (intent.op === 'delete') {
      for (const item of before.slice(intent.pos, intent.pos + intent.length)) this.deleted.add(idOf(item))
    }
    const expected = edited(before, intent)
    check(isEqual(tab.fold.value, expected), 'an author sees the edit', before, intent, tab.fold.value)
    if (prepared) this.made(tab, prepared.op, before, prepared.deltas)
    else check(tab.fold.value === before, 'no op, no change')
  }

  /** A client that does not use `prepare`. */
  private applyHostile(tab: Tab): void {
    const before = tab.fold.value
    const body = this.hostileBody(tab.fold)
    const { op, deltas } = tab.fold.applyOwn(body, { replica: tab.replica, counter: tab.nextCounter })
    this.made(tab, op, before, deltas)
  }

  private made(tab: Tab, op: Op, before: readonly Json[], deltas: readonly ListDelta<Json>[]): void {
    checkDeltas(before, deltas, tab.fold.value)
    check(op.count === countOfListBody(decodeListBody(op.body)), 'a body keeps its count')
    tab.nextCounter += op.count
    tab.browser.outbox.push(op)
  }

  private hostileBody({ value }: ListFold): ListBody {
    const { random } = this
    const ranges = (atLeast: number) =>
      Array.from({ length: Math.max(atLeast, random.below(3)) }, () => this.hostileRange(value.length))
    const position = this.hostileRange(value.length).position
    const stamp = { ms: random.chance(0.2) ? 2 ** 48 - 1 : NOW_MS + random.below(50), count: random.below(3) }
    switch (random.below(4)) {
      case 0:
        return { kind: 'insert', ranges: ranges(0), position, values: [this.json(), this.json()] }
      case 1:
        return { kind: 'delete', ranges: ranges(1), names: this.hostileNames() }
      case 2:
        return { kind: 'set', position, name: this.hostileName(), stamp, json: this.json() }
      default:
        return { kind: 'move', ranges: ranges(1), position, name: this.hostileName(), stamp }
    }
  }

  private json(): JsonText {
    const value = this.newItem()
    return { value, text: JSON.stringify(value) }
  }

  private hostileRange(length: number): SlotRange {
    const { random } = this
    return {
      position: random.chance(0.1) ? 2 ** 31 - 1 : random.below(length + 4),
      count: random.chance(0.1) ? 2 ** 31 - 1 : 1 + random.below(3),
    }
  }

  private hostileName(): ElementName {
    const { random } = this
    const counter = random.below(12)
    const kind = random.below(4)
    if (kind === 0) return { kind: 'own', counter }
    if (kind === 1) return { kind: 'foreign', replica: random.pick(this.tabs).replica, counter }
    return { kind: 'placed', serial: random.below(15) }
  }

  private hostileNames(): ElementNames {
    const { random } = this
    const runs = (): NameRun[] => {
      if (random.chance(0.1)) return [{ first: random.below(5), count: 2 ** 52 }]
      const first = random.below(12)
      return [
        { first, count: 1 + random.below(3) },
        { first: first + 5, count: 1 },
      ]
    }
    const { replica } = random.pick(this.tabs)
    return {
      placed: random.chance(0.5) ? runs() : [],
      own: random.chance(0.3) ? runs() : [],
      foreign: random.chance(0.3) ? [{ replica, runs: runs() }] : [],
    }
  }

  /** Somebody sends an op that only looks like one, for all that the hub checks. */
  private forge(): void {
    if (!this.withForgery) return
    const { random, forger, log } = this
    const body = this.hostileBody(this.hub)
    const isUnreadable = random.chance(0.1)
    const count = countOfListBody(body) + (isUnreadable ? 1 : 0)
    const named = random.pick(this.tabs)
    const mention = { replica: named.replica, counter: 1 + random.below(named.nextCounter + 2) }
    this.place({
      replica: forger.replica,
      counter: forger.counter,
      count,
      base: random.below(log.length + 3),
      extra: random.chance(0.5) ? [mention] : [],
      body: encodeListBody(body),
    })
    forger.counter += count
  }

  private place(op: Op): void {
    const before = this.hub.value
    const sequenced = { ...op, seq: this.log.length + 1 }
    const received = this.hub.receive(sequenced)
    if (received.kind === 'applied') checkDeltas(before, received.deltas, this.hub.value)
    else if (received.kind === 'ignored') this.ignored.add(sequenced.seq)
    else throw new Error(`The hub's fold answers ${received.kind}.`)
    this.log.push(sequenced)
    this.snapshots.push(this.hub.encodeState())
  }

  /** The hub places ops of a browser, in any order that it may. */
  private send(browser: Browser, count: number): void {
    for (let sent = 0; sent < count && browser.outbox.length > 0; sent++) {
      const ready = browser.outbox.filter(
        (op) =>
          browser.outbox.find(({ replica }) => replica === op.replica) === op &&
          op.extra.every((id) => this.log.some((placed) => holds(placed, id.replica, id.counter))),
      )
      const op = this.random.pick(ready)
      browser.outbox = browser.outbox.filter((other) => other !== op)
      this.place(op)
    }
  }

  private pull(tab: Tab, count: number): void {
    const end = Math.min(this.log.length, tab.fold.seq + count)
    while (tab.fold.seq < end) {
      const op = this.opAt(tab.fold.seq + 1)
      const before = tab.fold.value
      const received = tab.fold.receive(op)
      if (received.kind === 'applied') checkDeltas(before, received.deltas, tab.fold.value)
      else if (received.kind === 'needs-history') this.foldAgain(tab, op)
      else {
        check(received.kind !== 'ignored' || this.ignored.has(op.seq), 'only unreadable ops are ignored')
        check(tab.fold.value === before, 'settled and ignored ops keep the reference')
      }
    }
  }

  private opAt(seq: number): SequencedOp {
    const op = this.log[seq - 1]
    if (!op) throw new Error(`Nothing has the seq ${seq}.`)
    return op
  }

  private foldAgain(tab: Tab, reason: Op): void {
    const pending = tab.fold.pending.map(({ op }) => op)
    const before = tab.fold.value
    tab.fold = this.refold(tab.fold.seq, pending, reason.base, 0)
    check(isEqual(tab.fold.value, before), 'folding again gives the same list', tab.fold.value, before)
  }

  /** Folds up to a seq from a snapshot that is old enough, or older, and adds pending ops. */
  private refold(seq: number, pending: readonly Op[], base: number, age: number): ListFold {
    const from = Math.max(0, Math.min(seq, base, ...pending.map((op) => op.base)) - age)
    const fold = this.fromSnapshot(from)
    while (fold.seq < seq) {
      const received = fold.receive(this.opAt(fold.seq + 1))
      if (received.kind === 'needs-history') return this.refold(seq, pending, received.base, age)
    }
    for (const op of pending) fold.addPending(op)
    return fold
  }

  private fromSnapshot(seq: number): ListFold {
    const state = this.snapshots[seq]
    if (!state) throw new Error(`There is no snapshot at ${seq}.`)
    return new Fold(RULE, { state, seq })
  }

  /** A tab takes over what other tabs of its browser have in the outbox. */
  private share(tab: Tab): void {
    for (const op of tab.browser.outbox) {
      if (!this.mayAdopt(tab.fold, op)) return
      if (tab.fold.pending.some((own) => own.op === op)) continue
      if (op.base < tab.fold.floor) this.foldAgain(tab, op)
      const before = tab.fold.value
      checkDeltas(before, tab.fold.addPending(op), tab.fold.value)
    }
  }

  /** Whether all that the author of an op knew is known to a fold. */
  private mayAdopt(fold: ListFold, op: Op): boolean {
    const knows = (replica: ReplicaId, counter: number) =>
      fold.pending.some((own) => holds(own.op, replica, counter)) ||
      this.log.slice(0, fold.seq).some((placed) => holds(placed, replica, counter))
    return (
      op.base <= fold.seq &&
      (op.counter === 1 || knows(op.replica, op.counter - 1)) &&
      op.extra.every((id) => knows(id.replica, id.counter))
    )
  }

  /** A tab dies and another one begins with what is on disk. */
  private restart(tab: Tab): void {
    const { seq } = tab.fold
    const adopted: Op[] = []
    const shadow = this.refold(seq, [], Math.min(seq, ...tab.browser.outbox.map(({ base }) => base)), 0)
    for (const op of tab.browser.outbox) {
      if (!this.mayAdopt(shadow, op)) break
      shadow.addPending(op)
      adopted.push(op)
    }
    tab.fold = this.refold(seq, adopted, seq, this.random.below(6))
    check(isEqual(tab.fold.value, shadow.value), 'the age of a snapshot does not show')
    tab.replica = this.newReplica()
    tab.nextCounter = 1
  }

  private join(browser: Browser): void {
    if (this.tabs.length < 7) this.open(browser, this.fromSnapshot(this.random.below(this.log.length + 1)))
  }

  /** What is known already, and what is not next, changes nothing. */
  private disturb(tab: Tab): void {
    const { fold } = tab
    const before = fold.value
    if (fold.seq > 0)
      check(fold.receive(this.opAt(1 + this.random.below(fold.seq))).kind === 'duplicate', 'a duplicate')
    const later = this.log[fold.seq + 1]
    if (later) check(fold.receive(later).kind === 'gap', 'a gap')
    check(fold.value === before, 'nothing changed')
  }

  /** What a tab shows is what the reference says. */
  private compare(tab: Tab): void {
    const reference = new ListReference()
    for (const op of this.log.slice(0, tab.fold.seq)) {
      if (!this.ignored.has(op.seq)) reference.add({ ...op, body: decodeListBody(op.body) })
    }
    for (const { op, body } of tab.fold.pending) reference.add({ ...op, seq: undefined, body })
    const items = reference.items.map((text) => JSON.parse(text) as Json)
    check(isEqual(tab.fold.value, items), 'the list is that of the reference', tab.fold.value, items)
  }

  private heal(): void {
    for (const tab of this.tabs) this.compare(tab)
    for (const { browser } of this.tabs) this.send(browser, browser.outbox.length)
    const state = this.hub.encodeState().join()
    for (const tab of this.tabs) {
      this.pull(tab, this.log.length)
      check(isEqual(tab.fold.value, this.hub.value), 'all show the same', tab.fold.value, this.hub.value)
      check(tab.fold.encodeState().join() === state, 'all hold the same bytes')
    }
    for (const tab of this.tabs.slice(0, 1)) this.compare(tab)
    if (!this.withForgery) this.checkItems()
  }

  private checkItems(): void {
    const shown = this.hub.value.map(idOf)
    const expected = [...this.inserted].filter((id) => !this.deleted.has(id))
    check(new Set(shown).size === shown.length, 'no item is there twice', shown)
    const missing = expected.filter((id) => !shown.includes(id))
    check(missing.length === 0, 'no item is lost', missing, shown)
    check(shown.length === expected.length, 'what was deleted stays deleted', shown, expected)
  }
}

function idOf(item: Json): number {
  return (item as unknown as Item).id
}

/** What an edit does to a list that nobody else edits. */
function edited(value: readonly Json[], intent: ListIntent<Json>): readonly Json[] {
  const result = [...value]
  switch (intent.op) {
    case 'insert':
      result.splice(intent.pos, 0, ...intent.values)
      break
    case 'delete':
      result.splice(intent.pos, intent.length)
      break
    case 'set':
      if (intent.pos < result.length) result[intent.pos] = intent.value
      break
    case 'move':
      result.splice(intent.to, 0, ...result.splice(intent.from, 1))
  }
  return result
}

function holds(op: Op, replica: ReplicaId, counter: number): boolean {
  return op.replica === replica && op.counter <= counter && counter < op.counter + op.count
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function checkDeltas(
  before: readonly Json[],
  deltas: readonly ListDelta<Json>[],
  after: readonly Json[],
): void {
  const told = applyListDeltas(before, deltas)
  check(isEqual(told, after), 'deltas tell what changed', { before, deltas, after })
}

function check(holdsTrue: boolean, law: string, ...facts: readonly unknown[]): void {
  if (!holdsTrue)
    throw new Error(`It does not hold that ${law}. ${facts.map((fact) => JSON.stringify(fact)).join(' ')}`)
}
