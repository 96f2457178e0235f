import { isDeepStrictEqual } from 'node:util'
import { decodeDocBody } from '../doc/body-codec.js'
import type { DocBody } from '../doc/body.js'
import type { DocDelta, DocPath } from '../doc/delta.js'
import type { DocIntent } from '../doc/intents.js'
import { isNewCounter, isNewText, newCounter, newText } from '../doc/new-container.js'
import type { DocState } from '../doc/state.js'
import { doc } from '../doc.js'
import { isFlowSyncError } from '../errors.js'
import { Fold } from '../fold.js'
import type { Op, ReplicaId, SequencedOp } from '../op.js'
import type { Json } from '../json.js'
import { applyDocDeltas, replaceAt } from './doc-deltas.js'
import { DocReference } from './doc-reference.js'
import type { Random } from './random.js'

type DocFold = Fold<object, DocIntent, DocBody, DocState, DocDelta>

interface Client {
  fold: DocFold
  replica: ReplicaId
  nextCounter: number
  outbox: Op[]
}

const RULE = doc({
  shape: { body: 'text', votes: 'counter', items: 'list', meta: { note: 'text', tags: 'map' } },
})
const DECLARED = ['text/body', 'counter/votes', 'list/items', 'text/meta/note', 'map/meta/tags']
const KEYS = ['a', 'b', 't', '__proto__']
const { actions } = RULE

/** One document with a hub and some clients, driven by chance. All that is shown is compared with {@link DocReference}. */
export class DocSession {
  private readonly random: Random
  private readonly clients: Client[] = []
  private readonly log: SequencedOp[] = []
  private readonly hub: DocFold = new Fold(RULE)
  private readonly snapshots = [this.hub.encodeState()]
  private replicas = 0
  /** How many intents were refused because their path names nothing of the kind. */
  refused = 0
  made = 0

  constructor(random: Random) {
    this.random = random
    for (let count = 2 + random.below(3); count > 0; count--) this.open(new Fold(RULE))
  }

  private open(fold: DocFold): void {
    this.replicas++
    const replica =
      `${this.random.below(16).toString(16)}${this.replicas.toString(16).padStart(31, '0')}` as ReplicaId
    this.clients.push({ fold, replica, nextCounter: 1, outbox: [] })
  }

  /** Plays some steps, then brings all together. Throws when anything is not as it must be. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.step(this.random.pick(this.clients))
    this.heal()
  }

  private step(client: Client): void {
    const kind = this.random.below(100)
    if (kind < 62) this.edit(client)
    else if (kind < 74) this.send(client, 1 + this.random.below(4))
    else if (kind < 90) this.pull(client, 1 + this.random.below(8))
    else if (kind < 94) this.compare(client)
    else if (kind < 97) this.restart(client)
    else if (this.clients.length < 6) this.open(this.fromSnapshot(this.random.below(this.snapshots.length)))
  }

  private edit(client: Client): void {
    const before = client.fold.value
    // Now and then a clock is so far ahead that nobody follows it.
    const nowMs = this.random.below(4) + (this.random.chance(0.1) ? 10_000_000 : 0)
    const intent = this.intent(before)
    let prepared
    try {
      prepared = client.fold.prepare(intent, {
        replica: client.replica,
        counter: client.nextCounter,
        nowMs,
      })
    } catch (error) {
      if (!isFlowSyncError(error) || error.code !== 'op/invalid-intent') throw error
      check(client.fold.value === before, 'a refused intent changes nothing')
      this.refused++
      return
    }
    const asked = afterIntent(before, intent)
    check(
      isDeepStrictEqual(client.fold.value, asked),
      'an author sees what he did',
      intent,
      before,
      client.fold.value,
    )
    if (!prepared) return
    this.made++
    this.checkDeltas(before, prepared.deltas, client.fold.value)
    client.nextCounter += prepared.op.count
    client.outbox.push(prepared.op)
  }

  private intent(value: object): DocIntent {
    const { random } = this
    const path = this.pathWithin(value)
    const at = () => random.below(6)
    switch (random.below(11)) {
      case 0:
      case 1:
        return actions.set([...path, random.pick(KEYS)], this.newValue(2))
      case 2:
        return actions.set(path, this.newValue(1))
      case 3:
        return actions.delete(path)
      case 4:
      case 5:
        return actions.insert(
          this.listWithin(value),
          at(),
          ...[this.newValue(2), random.below(9)].slice(random.below(2)),
        )
      case 6:
        return actions.remove(this.listWithin(value), at(), 1 + random.below(3))
      case 7:
        return actions.move(this.listWithin(value), at(), at())
      case 8:
        return actions.increment(random.chance(0.5) ? ['votes'] : path, 1 + random.below(5))
      default:
        return actions.replaceText(
          this.textWithin(value),
          at(),
          random.below(3),
          random.pick(['x', 'yz', '😀']),
        )
    }
  }

  private newValue(depth: number): unknown {
    const { random } = this
    switch (random.below(depth > 0 ? 8 : 4)) {
      case 0:
        return random.below(100)
      case 1:
        return random.pick(['plain', '', 'é'])
      case 2:
        return newText(random.pick(['', 'text', '😀!']))
      case 3:
        return newCounter(random.below(3))
      case 4:
      case 5:
        return Array.from({ length: random.below(4) }, () => this.newValue(depth - 1))
      default:
        return Object.fromEntries(KEYS.slice(random.below(4)).map((key) => [key, this.newValue(depth - 1)]))
    }
  }

  /** A way from the root that stops somewhere. */
  private pathWithin(value: unknown): DocPath {
    return this.paths(value, () => true)
  }

  private listWithin(value: unknown): DocPath {
    return this.random.chance(0.5) ? ['items'] : this.paths(value, Array.isArray)
  }

  private textWithin(value: unknown): DocPath {
    const { random } = this
    if (random.chance(0.4)) return random.pick([['body'], ['meta', 'note']])
    return this.paths(value, (one) => typeof one === 'string')
  }

  private paths(value: unknown, fits: (one: unknown) => boolean): DocPath {
    const found: DocPath[] = []
    const visit = (one: unknown, path: DocPath) => {
      if (fits(one)) found.push(path)
      if (Array.isArray(one)) one.forEach((item, index) => visit(item, [...path, index]))
      else if (typeof one === 'object' && one !== null) {
        for (const [key, member] of Object.entries(one)) visit(member, [...path, key])
      }
    }
    visit(value, [])
    return found.length === 0 ? ['nothing'] : this.random.pick(found)
  }

  private send(client: Client, count: number): void {
    for (const op of client.outbox.splice(0, count)) {
      const before = this.hub.value
      const sequenced = { ...op, seq: this.log.length + 1 }
      const received = this.hub.receive(sequenced)
      if (received.kind !== 'applied') throw new Error(`The hub's fold answers ${received.kind}.`)
      this.checkDeltas(before, received.deltas, this.hub.value)
      this.log.push(sequenced)
      this.snapshots.push(this.hub.encodeState())
    }
  }

  private pull(client: Client, count: number): void {
    const end = Math.min(this.log.length, client.fold.seq + count)
    while (client.fold.seq < end) {
      const op = this.opAt(client.fold.seq + 1)
      const before = client.fold.value
      const received = client.fold.receive(op)
      if (received.kind === 'applied') this.checkDeltas(before, received.deltas, client.fold.value)
      else if (received.kind === 'needs-history') this.foldAgain(client, received.base)
      else check(received.kind === 'settled' && client.fold.value === before, 'an own op is settled')
    }
  }

  private opAt(seq: number): SequencedOp {
    const op = this.log[seq - 1]
    if (!op) throw new Error(`Nothing has the seq ${seq}.`)
    return op
  }

  private foldAgain(client: Client, base: number): void {
    const before = client.fold.value
    client.fold = this.refold(
      client.fold.seq,
      client.fold.pending.map(({ op }) => op),
      base,
    )
    check(
      isDeepStrictEqual(client.fold.value, before),
      'folding again gives the same',
      client.fold.value,
      before,
    )
  }

  private refold(seq: number, pending: readonly Op[], base: number): DocFold {
    const fold = this.fromSnapshot(Math.max(0, Math.min(seq, base, ...pending.map((op) => op.base))))
    while (fold.seq < seq) {
      const received = fold.receive(this.opAt(fold.seq + 1))
      if (received.kind === 'needs-history') return this.refold(seq, pending, received.base)
    }
    for (const op of pending) fold.addPending(op)
    return fold
  }

  private fromSnapshot(seq: number): DocFold {
    const state = this.snapshots[seq]
    if (!state) throw new Error(`There is no snapshot at ${seq}.`)
    return new Fold(RULE, { state, seq })
  }

  /** A client begins anew with what is on its disk. */
  private restart(client: Client): void {
    const before = client.fold.value
    const { seq } = client.fold
    client.fold = this.refold(
      seq,
      client.fold.pending.map(({ op }) => op),
      seq - this.random.below(6),
    )
    check(isDeepStrictEqual(client.fold.value, before), 'a snapshot does not show', client.fold.value, before)
  }

  private compare(client: Client): void {
    const ops = [
      ...this.log.slice(0, client.fold.seq).map((op) => ({ ...op, body: decodeDocBody(op.body) })),
      ...client.fold.pending.map(({ op, body }) => ({ ...op, seq: undefined, body })),
    ]
    const { value } = new DocReference(ops, DECLARED)
    check(
      isDeepStrictEqual(client.fold.value, value),
      'a document is that of the reference',
      client.fold.value,
      value,
    )
  }

  private checkDeltas(before: object, deltas: readonly DocDelta[], after: object): void {
    const told = applyDocDeltas(before, deltas)
    check(isDeepStrictEqual(told, after), 'deltas tell what changed', before, deltas, told, after)
  }

  private heal(): void {
    for (const client of this.clients) this.compare(client)
    for (const client of this.clients) this.send(client, client.outbox.length)
    const state = this.hub.encodeState().join()
    for (const client of this.clients) {
      this.pull(client, this.log.length)
      check(
        client.fold.encodeState().join() === state,
        'all hold the same bytes',
        client.fold.value,
        this.hub.value,
      )
    }
    for (const client of this.clients.slice(0, 1)) this.compare(client)
  }
}

/** What an author expects of an intent that was not refused. */
function afterIntent(before: object, intent: DocIntent): unknown {
  const at = (change: (former: Json | undefined) => Json | undefined) =>
    replaceAt(before as Json, intent.path, change)
  const inList = (change: (items: Json[]) => unknown) =>
    at((former) => {
      const items = [...(former as readonly Json[])]
      change(items)
      return items
    })
  switch (intent.op) {
    case 'set':
      return at(() => shown(intent.value))
    case 'delete': {
      const last = intent.path.at(-1)
      if (typeof last === 'string') return at(() => undefined)
      const parent = { op: 'remove', path: intent.path.slice(0, -1), pos: Number(last), length: 1 } as const
      return afterIntent(before, parent)
    }
    case 'insert':
      return inList((items) => items.splice(intent.pos, 0, ...intent.values.map(shown)))
    case 'remove':
      return inList((items) => items.splice(intent.pos, intent.length))
    case 'move':
      return inList((items) => items.splice(intent.to, 0, ...items.splice(intent.from, 1)))
    case 'increment':
      return at((former) => (former as number) + (intent.amount ?? 1))
    case 'replaceText':
      return at((former) => {
        const chars = former as string
        const edges = [0]
        for (const char of chars) edges.push((edges.at(-1) ?? 0) + char.length)
        const from = edges.findLast((edge) => edge <= intent.pos) ?? 0
        const end = Math.min(intent.pos + intent.length, chars.length)
        const to =
          intent.length === 0 || end <= intent.pos ? from : (edges.find((edge) => edge >= end) ?? from)
        return chars.slice(0, from) + intent.text + chars.slice(to)
      })
    default:
      throw new Error(`${intent.op} is not expected`)
  }
}

/** A value as it shows once it is written. */
function shown(value: unknown): Json {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== 'object' || value === null) return value as Json
  if (isNewText(value)) return value.text
  if (isNewCounter(value)) return value.amount
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shown(member)]))
}

function check(holds: boolean, law: string, ...facts: readonly unknown[]): void {
  if (!holds)
    throw new Error(`It does not hold that ${law}. ${facts.map((fact) => JSON.stringify(fact)).join('\n')}`)
}
