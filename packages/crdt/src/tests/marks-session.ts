import { Fold } from '../fold.js'
import { encodeRichTextBody } from '../marks/rich-text-codec.js'
import type { RichTextBody } from '../marks/rich-text-codec.js'
import { markChange } from '../marks/mark.js'
import { applyRichTextDeltas } from '../marks/rich-text-delta.js'
import type { RichTextDelta } from '../marks/rich-text-delta.js'
import { richText } from '../marks/rich-text.js'
import type { RichText } from '../marks/rich-text-value.js'
import type { Op, ReplicaId, SequencedOp } from '../op.js'
import type { IntentOf } from '../rule.js'
import { MarksReference } from './marks-reference.js'
import type { MarksReferenceOp } from './marks-reference.js'
import type { Random } from './random.js'

const RULE = richText({
  marks: {
    bold: { expand: 'after' },
    link: { expand: 'none' },
    tone: { expand: 'before' },
    wide: { expand: 'both' },
    comment: { expand: 'none', multi: true },
  },
})
const NAMES = ['bold', 'link', 'tone', 'wide', 'comment'] as const
const VALUES = ['a', 'b', 'c'] as const
const PIECES = ['a', 'b', 'c', 'xy', '😀', 'hello ', '𝒳𝒴']
const { actions } = RULE

type MarksFold = ReturnType<typeof newFold>

function newFold(origin?: { readonly state: Uint8Array; readonly seq: number }) {
  return new Fold(RULE, origin)
}

interface Client {
  fold: MarksFold
  replica: ReplicaId
  nextCounter: number
  outbox: Op[]
  caret: number
}

/**
 * One rich text with a hub and some clients, driven by chance: typing, marking, offline spells, restarts
 * from snapshots of any age, late joiners and forged ops. All that is shown is compared with
 * {@link MarksReference}.
 */
export class MarksSession {
  private readonly random: Random
  private readonly clients: Client[] = []
  private readonly log: SequencedOp[] = []
  private readonly hub = newFold()
  /** The encoded state at each seq. */
  private readonly snapshots = [this.hub.encodeState()]
  private readonly forger: { readonly replica: ReplicaId; counter: number }
  private replicas = 0

  constructor(random: Random) {
    this.random = random
    this.forger = { replica: this.newReplica(), counter: 1 }
    const count = 1 + random.below(4)
    for (let index = 0; index < count; index++) this.open(newFold())
  }

  private newReplica(): ReplicaId {
    this.replicas++
    const prefix = this.random.below(16).toString(16).padStart(2, '0')
    return prefix.concat(this.replicas.toString(16).padStart(30, '0')) as ReplicaId
  }

  private open(fold: MarksFold): void {
    this.clients.push({ fold, replica: this.newReplica(), nextCounter: 1, outbox: [], caret: 0 })
  }

  /** Plays some steps, then brings all together. Throws when anything is not as it must be. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.step(this.random.pick(this.clients))
    this.heal()
  }

  private step(client: Client): void {
    const { random } = this
    const kind = random.below(100)
    if (kind < 35) this.type(client)
    else if (kind < 60) this.mark(client)
    else if (kind < 70) this.send(client, 1 + random.below(4))
    else if (kind < 87) this.pull(client, 1 + random.below(6))
    else if (kind < 90) this.restart(client)
    else if (kind < 92) this.join()
    else if (kind < 95) this.forge()
    else this.compare(client)
  }

  private type(client: Client): void {
    const { random } = this
    const { length } = client.fold.value.text
    if (random.chance(0.4)) client.caret = random.below(length + 1)
    const burst = 1 + random.below(3)
    for (let index = 0; index < burst; index++) {
      const inserted = random.chance(0.7) ? random.pick(PIECES) : ''
      const deleted = random.chance(0.4) ? 1 + random.below(4) : 0
      this.prepare(client, actions.replace(client.caret, deleted, inserted))
      client.caret += inserted.length
    }
  }

  private mark(client: Client): void {
    const { random } = this
    const pos = random.below(client.fold.value.text.length + 1)
    const length = 1 + random.below(6)
    const name = random.pick(NAMES)
    const value = random.pick(VALUES)
    const intent = random.chance(0.7)
      ? actions.mark(pos, length, name, value)
      : actions.unmark(pos, length, name, value)
    this.prepare(client, intent)
  }

  private prepare(client: Client, intent: IntentOf<typeof RULE>): void {
    const before = client.fold.value
    const { replica, nextCounter } = client
    const nowMs = this.random.below(20)
    const prepared = client.fold.prepare(intent, { replica, counter: nextCounter, nowMs })
    if (!prepared) return
    checkDeltas(before, prepared.deltas, client.fold.value)
    client.nextCounter += prepared.op.count
    client.outbox.push(prepared.op)
  }

  /** Somebody sends an op of any kind, made on any version, with marks that behave in any way. */
  private forge(): void {
    const { random, forger } = this
    const known = this.log.length > 0 && random.chance(0.5) ? random.pick(this.log) : undefined
    const body = this.forgedBody()
    const count = RULE.countOf(body)
    this.place({
      replica: forger.replica,
      counter: forger.counter,
      count,
      base: random.below(this.log.length + 1),
      extra: known ? [{ replica: known.replica, counter: known.counter }] : [],
      body: encodeRichTextBody(body),
    })
    forger.counter += count
  }

  private forgedBody(): RichTextBody {
    const { random } = this
    const position = random.below(this.hub.value.text.length + 4)
    const length = random.chance(0.2) ? 2 ** 31 - 1 : 1 + random.below(5)
    if (random.chance(0.5)) {
      const insert = random.chance(0.3) ? '' : random.pick(PIECES)
      return { kind: 'text', patch: { position, deleteCount: length, insert } }
    }
    const name = random.pick(NAMES)
    const isRemoval = random.chance(0.3)
    const value = random.pick(VALUES)
    const change = markChange({
      name,
      multi: name === 'comment',
      expandsBefore: random.chance(0.5),
      expandsAfter: random.chance(0.5),
      json: isRemoval && name !== 'comment' ? undefined : { value, text: JSON.stringify(value) },
      isRemoval,
    })
    return { kind: 'mark', mark: { position, length, ms: random.below(20), change } }
  }

  private place(op: Op): void {
    const before = this.hub.value
    const received = this.hub.receive({ ...op, seq: this.log.length + 1 })
    if (received.kind !== 'applied') throw new Error(`The hub's fold answers ${received.kind}.`)
    checkDeltas(before, received.deltas, this.hub.value)
    this.log.push({ ...op, seq: this.log.length + 1 })
    this.snapshots.push(this.hub.encodeState())
  }

  private send(client: Client, count: number): void {
    for (const op of client.outbox.splice(0, count)) this.place(op)
  }

  private pull(client: Client, count: number): void {
    const end = Math.min(this.log.length, client.fold.seq + count)
    while (client.fold.seq < end) {
      const op = this.opAt(client.fold.seq + 1)
      const before = client.fold.value
      const received = client.fold.receive(op)
      if (received.kind === 'applied') checkDeltas(before, received.deltas, client.fold.value)
      else if (received.kind === 'needs-history') this.foldAgain(client, op)
      else check(received.kind === 'settled', `the next op is folded, not ${received.kind}`)
    }
  }

  private opAt(seq: number): SequencedOp {
    const op = this.log[seq - 1]
    if (!op) throw new Error(`Nothing has the seq ${seq}.`)
    return op
  }

  private foldAgain(client: Client, reason: Op): void {
    const pending = client.fold.pending.map(({ op }) => op)
    const before = client.fold.value
    client.fold = this.refold(client.fold.seq, pending, reason.base, 0)
    checkSame(client.fold.value, before, 'folding again gives the same')
  }

  /** Folds up to a seq from a snapshot that is old enough, or older, and adds pending ops. */
  private refold(seq: number, pending: readonly Op[], base: number, age: number): MarksFold {
    const from = Math.max(0, Math.min(seq, base, ...pending.map((op) => op.base)) - age)
    const fold = this.fromSnapshot(from)
    while (fold.seq < seq) {
      const received = fold.receive(this.opAt(fold.seq + 1))
      if (received.kind === 'needs-history') return this.refold(seq, pending, received.base, age)
    }
    for (const op of pending) fold.addPending(op)
    return fold
  }

  private fromSnapshot(seq: number): MarksFold {
    const state = this.snapshots[seq]
    if (!state) throw new Error(`There is no snapshot at ${seq}.`)
    return newFold({ state, seq })
  }

  /** A client dies and another one begins with what is on disk. */
  private restart(client: Client): void {
    const before = client.fold.value
    client.fold = this.refold(
      client.fold.seq,
      client.fold.pending.map(({ op }) => op),
      client.fold.seq,
      this.random.below(6),
    )
    checkSame(client.fold.value, before, 'the age of a snapshot does not show')
  }

  private join(): void {
    if (this.clients.length < 6) this.open(this.fromSnapshot(this.random.below(this.log.length + 1)))
  }

  /** What a client shows is what the reference says. */
  private compare(client: Client): void {
    const reference = new MarksReference()
    for (const op of this.log.slice(0, client.fold.seq))
      reference.add(referenceOp(op, RULE.decodeBody(op.body), op.seq))
    for (const { op, body } of client.fold.pending) reference.add(referenceOp(op, body, undefined))
    const { text, spans } = client.fold.value
    check(text === reference.text, 'the text is that of the reference', text, reference.text)
    const marks = spans.flatMap((span) => Array.from(span.text.split(''), () => span.marks))
    check(
      keyed(marks) === keyed(reference.marks),
      'the marks are those of the reference',
      spans,
      reference.marks,
    )
  }

  private heal(): void {
    for (const client of this.clients) this.compare(client)
    for (const client of this.clients) this.send(client, client.outbox.length)
    const state = this.hub.encodeState().join()
    for (const client of this.clients) {
      this.pull(client, this.log.length)
      checkSame(client.fold.value, this.hub.value, 'all show the same')
      check(
        client.fold.encodeState().join() === state,
        'all hold the same bytes',
        client.fold.value,
        this.hub.value,
      )
    }
    for (const client of this.clients.slice(0, 1)) this.compare(client)
    for (const { text } of this.hub.value.spans)
      check(!/\p{Surrogate}/u.test(text), 'no half of a pair is left', text)
  }
}

function referenceOp(op: Op, body: RichTextBody, seq: number | undefined): MarksReferenceOp {
  const { replica, counter, base, extra } = op
  const head = { replica, counter, base, extra, seq }
  if (body.kind === 'text') return { ...head, patch: body.patch }
  const { position, length, ms, change } = body.mark
  const { name, multi, expandsBefore, expandsAfter, json, isRemoval } = change
  const mark = { position, length, ms, name, multi, before: expandsBefore, after: expandsAfter }
  return { ...head, mark: { ...mark, value: json?.text, isRemoval } }
}

function checkDeltas(before: RichText, deltas: readonly RichTextDelta[], after: RichText): void {
  checkSame(applyRichTextDeltas(before, deltas), after, 'deltas tell what changed')
}

function checkSame(value: RichText, expected: RichText, law: string): void {
  check(keyed(value) === keyed(expected), law, value, expected)
}

/** Values as text; names in one order. */
function keyed(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

function check(holds: boolean, law: string, ...facts: readonly unknown[]): void {
  if (!holds)
    throw new Error(`It does not hold that ${law}. ${facts.map((fact) => JSON.stringify(fact)).join('\n')}`)
}
