import type { Stamp } from '../clock.js'
import type { DocBody, NodeName } from '../doc/body.js'
import type { DocNode } from '../doc/node.js'
import type { OpId, ReplicaId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { TextReference } from './text-reference.js'

/** An op on a document as it travels. */
export interface DocReferenceOp extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  readonly seq: number | undefined
  readonly body: DocBody
}

/** Something written to a key or an item, or an item's place. */
interface Write<Content> {
  /** Index of the op that wrote it. */
  readonly op: number
  readonly replica: ReplicaId
  readonly counter: number
  readonly stamp: Stamp
  /** Undefined: the key is deleted. */
  readonly content: Content | undefined
}

type Content = { readonly scalar: unknown } | { readonly id: string }

interface MadeContainer {
  readonly op: number
  readonly counter: number
  readonly node: DocNode
}

const ZERO: Stamp = { ms: 0, count: 0 }
/** Local seqs leave room for the steps of one op. */
const STEPS = 1000

/**
 * What a document must be, found the slow way: nothing is folded, every container's value is read off
 * the set of all ops by asking which author knew what. Orders of lists and texts come from
 * {@link TextReference}. Shares nothing with the rule but the form of its bodies.
 */
export class DocReference {
  private readonly ops: readonly DocReferenceOp[]
  private readonly pasts: Set<number>[] = []
  private readonly made = new Map<string, MadeContainer>()
  /** Indices of ops by the container that they change. */
  private readonly byTarget = new Map<string, number[]>()
  private readonly fixed = new Set<string>()

  /** @param ops placed ones in the order of the hub, then pending ones */
  constructor(ops: readonly DocReferenceOp[], declared: readonly string[] = []) {
    this.ops = ops
    for (const id of declared) this.addFixed(id)
    ops.forEach((op, index) => {
      this.pasts.push(this.pastOf(op, index))
      const id = this.targetOf(op, index)
      if (id === undefined) return
      this.byTarget.set(id, [...(this.byTarget.get(id) ?? []), index])
      const { change } = op.body
      const nodes = 'nodes' in change ? change.nodes : 'node' in change ? [change.node] : []
      let counter = op.counter
      for (const node of nodes) counter = this.make(node, index, counter)
    })
  }

  get value(): unknown {
    return this.valueOf('map')
  }

  private addFixed(id: string): void {
    const [, ...path] = id.split('/')
    path.forEach((_, index) => {
      if (index > 0) this.fixed.add(['map', ...path.slice(0, index)].join('/'))
    })
    this.fixed.add(id)
  }

  private pastOf(op: DocReferenceOp, index: number): Set<number> {
    const past = new Set<number>()
    for (let at = 0; at < index; at++) {
      const other = this.op(at)
      if (op.seq !== undefined && other.seq === undefined) continue
      const isUpToBase = other.seq !== undefined && other.seq <= op.base
      const isOwn = other.replica === op.replica && other.counter < op.counter
      const isNamed = op.extra.some((id) => id.replica === other.replica && other.counter <= id.counter)
      if (!isUpToBase && !isOwn && !isNamed) continue
      past.add(at)
      for (const older of this.pasts[at] ?? []) past.add(older)
    }
    return past
  }

  private op(index: number): DocReferenceOp {
    const op = this.ops[index]
    if (!op) throw new Error(`There is no op ${index}.`)
    return op
  }

  private knows(index: number, other: number): boolean {
    return this.pasts[index]?.has(other) ?? false
  }

  private make(node: DocNode, op: number, counter: number): number {
    let next = counter + 1
    if (typeof node !== 'object' || node === null) return next
    this.made.set(`${this.op(op).replica}:${counter}`, { op, counter, node })
    for (const child of childrenOf(node)) next = this.make(child, op, next)
    return next
  }

  private idOf(op: DocReferenceOp, name: NodeName): OpId {
    if (name.by === 'author') return { replica: op.replica, counter: name.counter }
    if (name.by === 'replica') return name
    const maker = this.ops.find(({ seq }) => seq === name.seq)
    if (!maker) throw new Error('a name of nothing')
    return { replica: maker.replica, counter: name.counter }
  }

  private targetOf(op: DocReferenceOp, index: number): string | undefined {
    const { target } = op.body
    if (target.kind === 'fixed') {
      const id = [target.type, ...target.path].join('/')
      this.addFixed(id)
      return id
    }
    const { replica, counter } = this.idOf(op, target.name)
    const id = `${replica}:${counter}`
    const container = this.made.get(id)
    return container && this.knows(index, container.op) ? id : undefined
  }

  private valueOf(id: string): unknown {
    const made = this.made.get(id)
    const type = made && typeof made.node === 'object' && made.node ? made.node.type : id.split('/')[0]
    switch (type) {
      case 'map':
        return this.mapValue(id, made)
      case 'list':
        return this.listValue(id, made)
      case 'text':
        return this.textValue(id, made)
      default:
        return this.counterValue(id, made)
    }
  }

  private indices(id: string): readonly number[] {
    return this.byTarget.get(id) ?? []
  }

  private shown(content: Content): unknown {
    return 'id' in content ? this.valueOf(content.id) : content.scalar
  }

  private contentOf(node: DocNode, replica: ReplicaId, counter: number): Content {
    return typeof node === 'object' && node ? { id: `${replica}:${counter}` } : { scalar: node }
  }

  /** The latest of those that no other writer knew. */
  private winner<Item>(writes: readonly Write<Item>[]): Item | undefined {
    const left = writes.filter(
      (one) => one.content !== undefined && !writes.some((other) => this.knows(other.op, one.op)),
    )
    left.sort(
      (a, b) =>
        a.stamp.ms - b.stamp.ms ||
        a.stamp.count - b.stamp.count ||
        (a.replica === b.replica ? a.counter - b.counter : a.replica < b.replica ? -1 : 1),
    )
    return left.at(-1)?.content
  }

  private write<Item>(op: number, counter: number, stamp: Stamp, content: Item | undefined): Write<Item> {
    return { op, replica: this.op(op).replica, counter, stamp, content }
  }

  private mapValue(id: string, made: MadeContainer | undefined): unknown {
    const writes = new Map<string, Write<Content>[]>()
    const add = (key: string, write: Write<Content>) => writes.set(key, [...(writes.get(key) ?? []), write])
    if (made && typeof made.node === 'object' && made.node?.type === 'map') {
      let counter = made.counter + 1
      for (const [key, node] of made.node.entries) {
        add(key, this.write(made.op, counter, ZERO, this.contentOf(node, this.op(made.op).replica, counter)))
        counter += sizeOf(node)
      }
    }
    for (const index of this.indices(id)) {
      const { body, counter, replica } = this.op(index)
      const { change } = body
      if (change.kind === 'set') {
        add(
          change.key,
          this.write(index, counter, change.stamp, this.contentOf(change.node, replica, counter)),
        )
      } else if (change.kind === 'delete')
        add(change.key, this.write<Content>(index, counter, ZERO, undefined))
    }
    const entries = new Map<string, unknown>()
    for (const [key, all] of writes) {
      const content = this.winner(all)
      if (content !== undefined) entries.set(key, this.shown(content))
    }
    const path = id.split('/').slice(1)
    if (!made) {
      for (const child of this.fixed) {
        const at = child.split('/').slice(1)
        if (at.length === path.length + 1 && path.every((key, depth) => at[depth] === key)) {
          entries.set(at.at(-1) ?? '', this.valueOf(child))
        }
      }
    }
    return Object.fromEntries(entries)
  }

  private listValue(id: string, made: MadeContainer | undefined): unknown {
    const order = new TextReference()
    const units = new Map<string, string>()
    const births = new Map<string, number>()
    const values = new Map<string, Write<Content>[]>()
    const places = new Map<string, Write<string>[]>()
    const removals = new Map<string, number[]>()
    const newUnit = (element: string) => {
      const char = String.fromCharCode(0xe000 + units.size)
      units.set(char, element)
      return char
    }
    const birth = (node: DocNode, op: number, counter: number): string => {
      const { replica } = this.op(op)
      const element = `${replica}:${counter}`
      const char = newUnit(element)
      births.set(element, op)
      values.set(element, [this.write(op, counter, ZERO, this.contentOf(node, replica, counter))])
      places.set(element, [this.write(op, counter, ZERO, char)])
      return char
    }
    const insertAll = (nodes: readonly DocNode[], op: number, first: number) => {
      let counter = first
      return nodes
        .map((node) => {
          const char = birth(node, op, counter)
          counter += sizeOf(node)
          return char
        })
        .join('')
    }
    if (made && typeof made.node === 'object' && made.node?.type === 'list') {
      const insert = insertAll(made.node.items, made.op, made.counter + 1)
      this.patch(order, made.op, 0, 0, { position: 0, deleteCount: 0, insert })
    }
    const isKnown = (index: number, element: string) => this.knows(index, births.get(element) ?? -1)
    for (const index of this.indices(id)) {
      const op = this.op(index)
      const { change } = op.body
      if (change.kind === 'insert') {
        const insert = insertAll(change.nodes, index, op.counter)
        this.patch(order, index, 0, 0, { position: change.position, deleteCount: 0, insert })
      } else if (change.kind === 'remove') {
        change.steps.forEach((step, at) => this.patch(order, index, at, at, { ...step, insert: '' }))
        for (const { first, length } of change.elements) {
          const { replica, counter } = this.idOf(op, first)
          for (let at = counter; at < counter + length; at++) {
            const element = `${replica}:${at}`
            if (isKnown(index, element)) removals.set(element, [...(removals.get(element) ?? []), index])
          }
        }
      } else if (change.kind === 'assign' || change.kind === 'move') {
        const { replica, counter } = this.idOf(op, change.element)
        const element = `${replica}:${counter}`
        if (change.kind === 'assign') {
          const content = this.contentOf(change.node, op.replica, op.counter)
          if (isKnown(index, element))
            values.get(element)?.push(this.write(index, op.counter, change.stamp, content))
        } else {
          const char = newUnit(element)
          this.patch(order, index, 0, 0, { position: change.from, deleteCount: 1, insert: '' })
          this.patch(order, index, 1, 1, { position: change.to, deleteCount: 0, insert: char })
          if (isKnown(index, element)) {
            places.get(element)?.push(this.write(index, op.counter + 1, change.stamp, char))
          }
        }
      }
    }
    const items: unknown[] = []
    for (const char of order.text.split('')) {
      const element = units.get(char)
      if (element === undefined || removals.has(element)) continue
      if (this.winner(places.get(element) ?? []) !== char) continue
      const content = this.winner(values.get(element) ?? [])
      if (content !== undefined) items.push(this.shown(content))
    }
    return items
  }

  private textValue(id: string, made: MadeContainer | undefined): string {
    const text = new TextReference()
    if (made && typeof made.node === 'object' && made.node?.type === 'text') {
      this.patch(text, made.op, 0, 0, { position: 0, deleteCount: 0, insert: made.node.text })
    }
    for (const index of this.indices(id)) {
      const { change } = this.op(index).body
      if (change.kind === 'text') this.patch(text, index, 0, 0, change.delta)
    }
    return text.text
  }

  private counterValue(id: string, made: MadeContainer | undefined): number {
    let sum = made && typeof made.node === 'object' && made.node?.type === 'counter' ? made.node.amount : 0
    for (const index of this.indices(id)) {
      const { change } = this.op(index).body
      if (change.kind === 'count') sum += change.amount
    }
    return sum
  }

  private patch(order: TextReference, index: number, step: number, after: number, patch: TextDelta): void {
    const { replica, counter, base, extra, seq } = this.op(index)
    order.add({
      replica,
      counter: counter * STEPS + after,
      base: base * STEPS + STEPS - 1,
      extra: extra.map((id) => ({ replica: id.replica, counter: id.counter * STEPS + STEPS - 1 })),
      seq: seq === undefined ? undefined : seq * STEPS + step,
      patch,
    })
  }
}

function childrenOf(node: DocNode): readonly DocNode[] {
  if (typeof node !== 'object' || node === null) return []
  if (node.type === 'map') return node.entries.map(([, child]) => child)
  return node.type === 'list' ? node.items : []
}

function sizeOf(node: DocNode): number {
  return childrenOf(node).reduce<number>((sum, child) => sum + sizeOf(child), 1)
}
