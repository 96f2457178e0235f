import { Fold } from '../fold.js'
import type { Op, ReplicaId, SequencedOp } from '../op.js'
import type { IntentOf } from '../rule.js'
import { decodeTextBody, encodeTextBody } from '../text-codec.js'
import { applyTextDeltas } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import { text } from '../text.js'
import type { TextIntent, TextState } from '../text.js'
import type { Random } from './random.js'
import { TextReference } from './text-reference.js'

type TextFold = Fold<string, TextIntent, TextDelta, TextState, TextDelta>

/** Tabs that share an outbox, as those of one browser do. */
interface Browser {
  outbox: Op[]
}

interface Tab {
  readonly browser: Browser
  fold: TextFold
  replica: ReplicaId
  nextCounter: number
  caret: number
}

const PIECES = [
  'a',
  'b',
  'c',
  'x',
  'yz',
  ' ',
  '\n',
  'é',
  '😀',
  '👩‍👩‍👧',
  '\uFEFF',
  '漢字',
  'e\u0301',
  '𝒳𝒴',
  'hello ',
]
const RULE = text()

/**
 * One text with a hub and several browsers, driven by chance: typing, offline spells, shared outboxes,
 * restarts from snapshots of any age, late joiners and forged ops. All that is shown is compared with
 * {@link TextReference}.
 */
export class TextSession {
  private readonly random: Random
  private readonly tabs: Tab[] = []
  private readonly log: SequencedOp[] = []
  private readonly ignored = new Set<number>()
  private readonly hub: TextFold = new Fold(RULE)
  /** The encoded state at each seq. */
  private readonly snapshots = [this.hub.encodeState()]
  private readonly forger: { readonly replica: ReplicaId; counter: number }
  private replicas = 0

  constructor(random: Random) {
    this.random = random
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
    return this.random
      .below(16)
      .toString(16)
      .padStart(2, '0')
      .concat(this.replicas.toString(16).padStart(30, '0')) as ReplicaId
  }

  private open(browser: Browser, fold: TextFold): void {
    this.tabs.push({ browser, fold, replica: this.newReplica(), nextCounter: 1, caret: 0 })
  }

  /** Plays some steps, then brings all together. Throws when anything is not as it must be. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.step(this.random.pick(this.tabs))
    this.heal()
  }

  private step(tab: Tab): void {
    const { random } = this
    const kind = random.below(100)
    if (kind < 50) this.edit(tab)
    else if (kind < 60) this.send(tab.browser, 1 + random.below(4))
    else if (kind < 75) this.pull(tab, 1 + random.below(6))
    else if (kind < 82) this.share(tab)
    else if (kind < 86) this.restart(tab)
    else if (kind < 88) this.join(tab.browser)
    else if (kind < 94) this.forge()
    else if (kind < 97) this.disturb(tab)
    else this.compare(tab)
  }

  private edit(tab: Tab): void {
    const { random } = this
    const burst = random.chance(0.5) ? 1 : 1 + random.below(5)
    const backwards = random.chance(0.3)
    if (random.chance(0.3)) tab.caret = random.below(tab.fold.value.length + 1)
    for (let index = 0; index < burst; index++) {
      if (random.chance(0.1)) this.applyHostile(tab)
      else {
        const insert = random.chance(0.7) ? random.pick(PIECES) : ''
        const length = random.chance(0.3) ? random.below(6) : 0
        this.prepare(tab, intentOf(tab.caret, length, insert))
        if (!backwards) tab.caret += insert.length
      }
    }
  }

  private prepare(tab: Tab, intent: IntentOf<typeof RULE>): void {
    const before = tab.fold.value
    const prepared = tab.fold.prepare(intent, { replica: tab.replica, counter: tab.nextCounter, nowMs: 0 })
    if (prepared) this.made(tab, prepared.op, before, prepared.deltas)
  }

  /** A client that does not use `prepare`. */
  private applyHostile(tab: Tab): void {
    const before = tab.fold.value
    const { op, deltas } = tab.fold.applyOwn(this.hostilePatch(before.length), {
      replica: tab.replica,
      counter: tab.nextCounter,
    })
    this.made(tab, op, before, deltas)
  }

  private made(tab: Tab, op: Op, before: string, deltas: readonly TextDelta[]): void {
    checkDeltas(before, deltas, tab.fold.value)
    tab.nextCounter += op.count
    tab.browser.outbox.push(op)
  }

  private hostilePatch(length: number): TextDelta {
    const { random } = this
    const position = random.chance(0.2) ? 2 ** 31 - 1 : random.below(length + 4)
    const deleteCount = random.chance(0.2) ? 2 ** 31 - 1 : random.below(4)
    return { position, deleteCount, insert: deleteCount > 0 && random.chance(0.5) ? '' : random.pick(PIECES) }
  }

  /** Somebody sends an op that only looks like one, for all that the hub checks. */
  private forge(): void {
    const { random, forger, log } = this
    const patch = this.hostilePatch(this.hub.value.length)
    const isUnreadable = random.chance(0.1)
    const count = patch.deleteCount + patch.insert.length + (isUnreadable ? 1 : 0)
    const named = random.pick(this.tabs)
    this.place({
      replica: forger.replica,
      counter: forger.counter,
      count,
      base: random.below(log.length + 3),
      extra: random.chance(0.5)
        ? [{ replica: named.replica, counter: 1 + random.below(named.nextCounter + 2) }]
        : [],
      body: encodeTextBody(patch),
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
      else if (received.kind === 'ignored') check(this.ignored.has(op.seq), 'only unreadable ops are ignored')
      else check(received.kind === 'settled', `the next op is folded, not ${received.kind}`)
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
    check(tab.fold.value === before, 'folding again gives the same text')
  }

  /** Folds up to a seq from a snapshot that is old enough, or older, and adds pending ops. */
  private refold(seq: number, pending: readonly Op[], base: number, age: number): TextFold {
    const from = Math.max(0, Math.min(seq, base, ...pending.map((op) => op.base)) - age)
    const fold = this.fromSnapshot(from)
    while (fold.seq < seq) {
      const received = fold.receive(this.opAt(fold.seq + 1))
      if (received.kind === 'needs-history') return this.refold(seq, pending, received.base, age)
    }
    for (const op of pending) fold.addPending(op)
    return fold
  }

  private fromSnapshot(seq: number): TextFold {
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
  private mayAdopt(fold: TextFold, op: Op): boolean {
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
    check(tab.fold.value === shadow.value, 'the age of a snapshot does not show')
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
    const reference = new TextReference()
    for (const op of this.log.slice(0, tab.fold.seq)) {
      if (!this.ignored.has(op.seq)) reference.add({ ...op, patch: decodeTextBody(op.body) })
    }
    for (const { op, body } of tab.fold.pending) reference.add({ ...op, seq: undefined, patch: body })
    check(
      tab.fold.value === reference.text,
      'the text is that of the reference',
      tab.fold.value,
      reference.text,
    )
  }

  private heal(): void {
    for (const tab of this.tabs) this.compare(tab)
    for (const { browser } of this.tabs) this.send(browser, browser.outbox.length)
    const state = this.hub.encodeState().join()
    for (const tab of this.tabs) {
      this.pull(tab, this.log.length)
      check(
        tab.fold.encodeState().join() === state,
        'all hold the same bytes',
        tab.fold.value,
        this.hub.value,
      )
    }
    for (const tab of this.tabs.slice(0, 1)) this.compare(tab)
    check(!/\p{Surrogate}/u.test(this.hub.value), 'no half of a pair is left', this.hub.value)
  }
}

function intentOf(pos: number, length: number, insert: string): TextIntent {
  if (insert === '') return { op: 'delete', pos, length }
  return length === 0 ? { op: 'insert', pos, text: insert } : { op: 'replace', pos, length, text: insert }
}

function holds(op: Op, replica: ReplicaId, counter: number): boolean {
  return op.replica === replica && op.counter <= counter && counter < op.counter + op.count
}

function checkDeltas(before: string, deltas: readonly TextDelta[], after: string): void {
  const told = applyTextDeltas(before, deltas)
  check(told === after, 'deltas tell what changed', { before, deltas, after })
}

function check(holdsTrue: boolean, law: string, ...facts: readonly unknown[]): void {
  if (!holdsTrue)
    throw new Error(`It does not hold that ${law}. ${facts.map((fact) => JSON.stringify(fact)).join(' ')}`)
}
