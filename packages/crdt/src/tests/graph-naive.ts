import { FlowSyncError } from '../errors.js'
import type { OpId, ReplicaId } from '../op.js'
import { applyTextDeltas } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import { decodeNaive, encodeNaive } from './graph-naive-codec.js'
import type { NaiveState } from './graph-naive-codec.js'
import { place } from './graph-naive-order.js'
import type { Item } from './graph-naive-order.js'
import { countOf, newPart } from './graph-reference.js'
import type { GraphOp } from './graph-reference.js'
import type { GraphBlame, GraphDocument, GraphSubject } from './graph-subject.js'

interface KnownOp extends GraphOp {
  readonly end: number
  readonly past: ReadonlySet<KnownOp>
}

/**
 * A document without a hub as simple as it can be: a sorted list of units, JSON for bytes. It tests the
 * tests: they must pass with it, and notice what is broken in it.
 */
class NaiveDocument implements GraphDocument {
  readonly replica: ReplicaId
  /** In the order in which it learnt of them. */
  ops: KnownOp[] = []
  private items: Item<KnownOp>[] = []
  private nextCounter = 1
  /** All that a loaded snapshot holds, as one op. */
  private base: { readonly op: KnownOp; readonly version: readonly OpId[]; readonly text: string } | undefined

  constructor(replica: ReplicaId) {
    this.replica = replica
  }

  static load(bytes: Uint8Array, replica: ReplicaId): NaiveDocument {
    const document = new NaiveDocument(replica)
    const state = decodeNaive(bytes, 'state/invalid')
    if (!state.base) throw new FlowSyncError('state/invalid', 'An update is no state.')
    document.startFrom(state.base.text, state.base.version)
    for (const op of state.ops) document.addIfReady(op)
    if (document.ops.length < state.ops.length) throw new FlowSyncError('state/invalid', 'Ops are missing.')
    return document
  }

  private startFrom(text: string, version: readonly OpId[]): void {
    this.ops = []
    this.items = []
    this.base = undefined
    if (version.length === 0) return
    const patch = { position: 0, deleteCount: 0, insert: text }
    const op: KnownOp = { replica: this.replica, counter: 0, parents: [], patch, end: 0, past: new Set() }
    this.base = { op, version, text }
    this.insertUnits(op, undefined, undefined)
  }

  get value(): string {
    return this.textOf(this.pastOf(this.version))
  }

  get length(): number {
    return this.value.length
  }

  get version(): readonly OpId[] {
    const isOld = (op: KnownOp) => this.ops.some(({ past }) => past.has(op))
    if (this.ops.length === 0) return this.base?.version ?? []
    return this.ops
      .filter((op) => !isOld(op))
      .map(({ replica, end }) => ({ replica, counter: end }))
      .sort((a, b) => (a.replica < b.replica ? -1 : a.replica > b.replica ? 1 : a.counter - b.counter))
  }

  get vector(): readonly OpId[] {
    const ends = new Map(this.base?.version.map(({ replica, counter }) => [replica, counter]))
    for (const { replica, end } of this.ops) ends.set(replica, Math.max(end, ends.get(replica) ?? 0))
    return [...ends].map(([replica, counter]) => ({ replica, counter }))
  }

  insert(pos: number, text: string): void {
    this.replace(pos, 0, text)
  }

  delete(pos: number, length: number): void {
    this.replace(pos, length, '')
  }

  replace(pos: number, length: number, text: string): void {
    const before = this.value
    const fitting = fit({ position: pos, deleteCount: length, insert: text }, before.split(''))
    const patch = newPart(fitting, before)
    if (patch.deleteCount === 0 && patch.insert === '') return
    this.add({ replica: this.replica, counter: this.nextCounter, parents: this.version, patch })
  }

  encodeSince(version: readonly OpId[]): Uint8Array {
    const past = this.pastOf(version.map((id) => this.lastUpTo(id)))
    if (this.base && !past.has(this.base.op)) throw new FlowSyncError('update/needs-history', 'It is gone.')
    return encodeNaive({ ops: this.ops.filter((op) => !past.has(op)) })
  }

  merge(update: Uint8Array): readonly TextDelta[] {
    const before = this.value
    const saved = { items: this.items.map((item) => ({ item, by: [...item.deletedBy] })), ops: [...this.ops] }
    const { ops } = decodeNaive(update, 'update/invalid')
    try {
      for (const op of ops) this.addIfReady(op)
    } catch (error) {
      this.ops = saved.ops
      this.items = saved.items.map(({ item }) => item)
      for (const { item, by } of saved.items) {
        item.deletedBy.clear()
        for (const op of by) item.deletedBy.add(op)
      }
      throw error
    }
    return difference(before, this.value)
  }

  save(): Uint8Array {
    return encodeNaive({
      ops: this.ops,
      base: { text: this.base?.text ?? '', version: this.base?.version ?? [] },
    })
  }

  snapshot(): Uint8Array {
    return encodeNaive({ ops: [], base: { text: this.value, version: this.version } })
  }

  erase(): void {
    this.startFrom(this.value, this.version)
  }

  textAt(version: readonly OpId[]): string {
    const missing = version.filter((id) => this.isMissing(id))
    if (missing.length > 0) throw new FlowSyncError('update/needs-history', 'It is not known.')
    const past = this.pastOf(version)
    if (this.base && !past.has(this.base.op)) throw new FlowSyncError('update/needs-history', 'It is gone.')
    return this.textOf(past)
  }

  blame(): readonly GraphBlame[] {
    if (this.base) throw new FlowSyncError('update/needs-history', 'It is gone.')
    const runs: GraphBlame[] = []
    for (const { op, counter } of this.items.filter(({ deletedBy }) => deletedBy.size === 0)) {
      const last = runs.at(-1)
      if (last?.replica === op.replica && last.counter + last.length === counter) {
        runs[runs.length - 1] = { ...last, length: last.length + 1 }
      } else runs.push({ length: 1, replica: op.replica, counter })
    }
    return runs
  }

  private resolve(id: OpId): KnownOp | undefined {
    return this.ops.find((op) => same({ replica: op.replica, counter: op.end }, id))
  }

  /** The newest op of a replica that ends with a counter or before it, or what was asked for. */
  private lastUpTo(id: OpId): OpId {
    const op = this.ops.findLast(({ replica, end }) => replica === id.replica && end <= id.counter)
    return op ? { replica: op.replica, counter: op.end } : id
  }

  private isMissing(id: OpId): boolean {
    return !this.resolve(id) && this.base?.version.some((head) => same(head, id)) !== true
  }

  private pastOf(version: readonly OpId[]): Set<KnownOp> {
    const past = new Set<KnownOp>()
    for (const id of version) {
      const op = this.resolve(id)
      if (op) for (const one of [op, ...op.past]) past.add(one)
    }
    const { base } = this
    // A snapshot's ops cannot be told apart: some of them are as good as none.
    const isWhole = base?.version.every((head) =>
      version.some(({ replica, counter }) => replica === head.replica && counter >= head.counter),
    )
    if (base && isWhole === true) past.add(base.op)
    return past
  }

  private textOf(past: ReadonlySet<KnownOp>): string {
    return this.visible(past)
      .map(({ char }) => char)
      .join('')
  }

  private visible(past: ReadonlySet<KnownOp>): Item<KnownOp>[] {
    return this.items.filter((item) => past.has(item.op) && ![...item.deletedBy].some((by) => past.has(by)))
  }

  private addIfReady(op: GraphOp): void {
    const end = op.counter + countOf(op.patch) - 1
    const isInBase = this.base?.version.some(
      ({ replica, counter }) => replica === op.replica && counter >= end,
    )
    if (isInBase === true || this.resolve({ replica: op.replica, counter: end })) return
    const missing = op.parents.filter((id) => this.isMissing(id))
    if (missing.length > 0 && !this.base) {
      throw new FlowSyncError('update/missing-parents', 'It has parents that are not known.', {
        retryable: true,
        details: { missing },
      })
    }
    if (missing.length > 0 || (this.base && !this.pastOf(op.parents).has(this.base.op))) {
      throw new FlowSyncError('update/needs-history', 'It is older than the snapshot.')
    }
    if (this.ops.some((other) => other.replica === op.replica && other.end >= op.counter)) {
      throw new FlowSyncError('update/invalid', 'Two ops have one name.')
    }
    this.add(op)
  }

  private add(op: GraphOp): void {
    const past = this.pastOf(op.parents)
    if (op.replica === this.replica) this.nextCounter = op.counter + countOf(op.patch)
    const visible = this.visible(past)
    const patch = fit(
      op.patch,
      visible.map(({ char }) => char),
    )
    const known: KnownOp = { ...op, end: op.counter + countOf(op.patch) - 1, past }
    for (const item of visible.slice(patch.position, patch.position + patch.deleteCount))
      item.deletedBy.add(known)
    const left = visible[patch.position - 1]
    const inPast = this.items.filter((item) => past.has(item.op))
    this.insertUnits(known, left, inPast[left ? inPast.indexOf(left) + 1 : 0])
    this.ops.push(known)
  }

  private insertUnits(op: KnownOp, first: Item<KnownOp> | undefined, right: Item<KnownOp> | undefined): void {
    let left = first
    op.patch.insert.split('').forEach((char, offset) => {
      const hasRightChild = this.items.some(
        (item) => item.parent === left && item.side === 'right' && (op.past.has(item.op) || item.op === op),
      )
      const parent = hasRightChild ? right : left
      const item: Item<KnownOp> = {
        op,
        counter: op.counter + op.patch.deleteCount + offset,
        char,
        parent,
        side: hasRightChild ? 'left' : 'right',
        rightOrigin: right,
        depth: (parent?.depth ?? 0) + 1,
        deletedBy: new Set(),
      }
      place(this.items, item)
      left = item
    })
  }
}

function same(a: OpId, b: OpId): boolean {
  return a.replica === b.replica && a.counter === b.counter
}

/** Cuts a patch to a text, given as its units, and widens it to whole surrogate pairs. */
function fit(patch: TextDelta, units: readonly string[]): TextDelta {
  const isInPair = (at: number) =>
    /[\uDC00-\uDFFF]/.test(units[at] ?? '') && /[\uD800-\uDBFF]/.test(units[at - 1] ?? '')
  let from = Math.min(patch.position, units.length)
  let to = Math.min(from + patch.deleteCount, units.length)
  const isRange = to > from
  if (isInPair(from)) from--
  if (isInPair(to)) to++
  return { position: from, deleteCount: isRange ? to - from : 0, insert: patch.insert }
}

function difference(before: string, after: string): readonly TextDelta[] {
  if (before === after) return []
  let head = 0
  while (head < before.length && before[head] === after[head]) head++
  return [{ position: head, deleteCount: before.length - head, insert: after.slice(head) }]
}

/** {@link NaiveDocument} as the tests drive it. */
export const naiveSubject: GraphSubject<NaiveDocument> = {
  name: 'a naive document',
  create: (replica) => new NaiveDocument(replica),
  load: (bytes, replica) => NaiveDocument.load(bytes, replica),
  encoder: (document) => {
    const sent = new Set(document.ops)
    return {
      next: () => {
        const ops = document.ops.filter((op) => !sent.has(op))
        for (const op of ops) sent.add(op)
        return ops.length === 0 ? undefined : encodeNaive({ ops } satisfies NaiveState)
      },
    }
  },
  decoder: (document) => document,
  textAt: (document, version) => document.textAt(version),
  textDiff: (document, from, to) => {
    const before = document.textAt(from)
    const deltas = difference(before, document.textAt(to))
    return applyTextDeltas(before, deltas) === before ? [] : deltas
  },
  blame: (document) => document.blame(),
  erase: (document) => {
    document.erase()
  },
}
