import type { OpId } from '../op.js'
import type { TextDelta } from '../text-delta.js'

/** A text op of an event graph without a hub. */
export interface GraphOp extends OpId {
  /** The newest ops that its author knew, each by the counter of its last unit. */
  readonly parents: readonly OpId[]
  /** At the version that the parents name; what does not fit there is made to. */
  readonly patch: TextDelta
}

/** A visible character and who typed it. */
interface GraphUnit extends OpId {
  readonly op: number
  readonly char: string
}

/** One UTF-16 unit in the tree of Fugue. */
interface Node {
  readonly op: number
  readonly counter: number
  readonly char: string
  /** The next unit to the right when it was inserted; undefined at the end of the text. */
  readonly rightOrigin: Node | undefined
  readonly lefts: Node[]
  readonly rights: Node[]
  readonly deletedBy: number[]
}

/** How many counters an op takes. */
export function countOf({ deleteCount, insert }: TextDelta): number {
  return Math.max(1, deleteCount + insert.length)
}

/**
 * What a text of many authors must be at any version, found the slow way: FugueMax as its paper has it,
 * a tree with one node for each unit (Weidner & Kleppmann, "The Art of the Fugue", 2023, section 5),
 * and for each op the list of all ops that its author knew. Shares nothing with the sequence engine.
 */
export class GraphReference {
  readonly ops: GraphOp[] = []
  /** Ops that were made to fit: how the counters of such an op belong to its units is nobody's business. */
  readonly misfits = new Set<number>()
  private readonly pasts: ReadonlySet<number>[] = []
  private readonly indexes = new Map<string, number>()
  private readonly root: Node = newNode(-1, 0, '', undefined)
  private order: Node[] | undefined = []

  /** Adds an op, whose parents must have been added before, and returns its number. */
  add(op: GraphOp): number {
    const past = this.closure(op.parents)
    const index = this.ops.push(op) - 1
    const { deleteCount, insert } = op.patch
    this.pasts.push(past)
    this.indexes.set(`${op.replica}:${op.counter + countOf(op.patch) - 1}`, index)

    const order = this.inOrder()
    const known = order.filter((node) => past.has(node.op))
    const visible = known.filter((node) => !node.deletedBy.some((by) => past.has(by)))
    const [from, to] = fitRange(op.patch, visible.map(({ char }) => char).join(''))
    for (const node of visible.slice(from, to)) node.deletedBy.push(index)
    if (to - from !== deleteCount) this.misfits.add(index)

    let left = visible[from - 1] ?? this.root
    const right = known[known.indexOf(left) + 1]
    insert.split('').forEach((char, offset) => {
      const node = newNode(index, op.counter + deleteCount + offset, char, right)
      const isFree = !left.rights.some((child) => past.has(child.op))
      if (isFree) this.addSibling(left.rights, node, order)
      else if (right) this.addSibling(right.lefts, node, undefined)
      left = node
    })
    if (insert !== '') this.order = undefined
    return index
  }

  /** The numbers of all ops that a version holds. */
  closure(version: readonly OpId[]): ReadonlySet<number> {
    const all = new Set<number>()
    for (const { replica, counter } of version) {
      const index = this.indexes.get(`${replica}:${counter}`)
      if (index === undefined) throw new Error(`No op ends at ${replica}:${counter}.`)
      all.add(index)
      for (const older of this.pasts[index] ?? []) all.add(older)
    }
    return all
  }

  /** The newest of some ops, by replica and counter. `set` must hold with each op all that its author knew. */
  frontier(set: ReadonlySet<number>): readonly OpId[] {
    const older = new Set<number>()
    const heads: number[] = []
    // An op's past has lower numbers than the op.
    for (const index of [...set].sort((a, b) => b - a)) {
      if (older.has(index)) continue
      heads.push(index)
      for (const past of this.pastOf(index)) older.add(past)
    }
    return heads
      .map((index) => this.idOf(index))
      .sort((a, b) => (a.replica === b.replica ? a.counter - b.counter : a.replica < b.replica ? -1 : 1))
  }

  /** How versions name an op: by its last unit. */
  idOf(index: number): OpId {
    const { replica, counter, patch } = this.opAt(index)
    return { replica, counter: counter + countOf(patch) - 1 }
  }

  opAt(index: number): GraphOp {
    const op = this.ops[index]
    if (!op) throw new Error(`There is no op ${index}.`)
    return op
  }

  /** Everything that the author of an op knew. */
  pastOf(index: number): ReadonlySet<number> {
    return this.pasts[index] ?? new Set()
  }

  /** What some ops make together. `set` must hold with each op all that its author knew. */
  unitsOf(set: ReadonlySet<number>): readonly GraphUnit[] {
    return this.inOrder()
      .filter((node) => set.has(node.op) && !node.deletedBy.some((by) => set.has(by)))
      .map(({ op, counter, char }) => ({ op, replica: this.opAt(op).replica, counter, char }))
  }

  textOf(set: ReadonlySet<number>): string {
    return this.unitsOf(set)
      .map(({ char }) => char)
      .join('')
  }

  /** @param order the document order before, for siblings on the right side */
  private addSibling(siblings: Node[], node: Node, order: readonly Node[] | undefined): void {
    siblings.push(node)
    if (siblings.length === 1) return
    const rank = (origin: Node | undefined) => (origin ? order?.indexOf(origin) : undefined) ?? Infinity
    siblings.sort((a, b) => {
      const rankA = order ? rank(a.rightOrigin) : 0
      const rankB = order ? rank(b.rightOrigin) : 0
      return rankA === rankB ? this.compareIds(a.op, b.op) : rankB - rankA
    })
  }

  private compareIds(a: number, b: number): number {
    const opA = this.opAt(a)
    const opB = this.opAt(b)
    if (opA.replica !== opB.replica) return opA.replica < opB.replica ? -1 : 1
    return opA.counter - opB.counter
  }

  private inOrder(): readonly Node[] {
    if (this.order) return this.order
    const order: Node[] = []
    const todo = [{ node: this.root, isEntered: false }]
    for (let next = todo.pop(); next; next = todo.pop()) {
      const { node, isEntered } = next
      if (isEntered) order.push(node)
      else {
        for (const child of node.rights.toReversed()) todo.push({ node: child, isEntered: false })
        todo.push({ node, isEntered: true })
        for (const child of node.lefts.toReversed()) todo.push({ node: child, isEntered: false })
      }
    }
    return (this.order = order.filter((node) => node !== this.root))
  }
}

function newNode(op: number, counter: number, char: string, rightOrigin: Node | undefined): Node {
  return { op, counter, char, rightOrigin, lefts: [], rights: [], deletedBy: [] }
}

/** The range that a patch deletes, by the edges of whole characters; both ends where it inserts when none. */
export function fitRange(
  { position, deleteCount }: Omit<TextDelta, 'insert'>,
  text: string,
): [from: number, to: number] {
  const edges = [0]
  for (const char of text) edges.push((edges.at(-1) ?? 0) + char.length)
  const first = Math.min(position, text.length)
  const last = Math.min(first + deleteCount, text.length)
  const from = edges.findLast((edge) => edge <= first) ?? 0
  if (first === last) return [from, from]
  return [from, edges.find((edge) => edge >= last) ?? text.length]
}

/** What is new in a patch that fits a text: characters that it takes away and puts back at its ends are left out. */
export function newPart(patch: TextDelta, text: string): TextDelta {
  const { position, deleteCount } = patch
  const taken = [...text.slice(position, position + deleteCount)]
  const put = [...patch.insert]
  let head = ''
  while (taken.length > 0 && taken[0] === put[0]) {
    head += put.shift() ?? ''
    taken.shift()
  }
  while (taken.length > 0 && taken.at(-1) === put.at(-1)) {
    put.pop()
    taken.pop()
  }
  return { position: position + head.length, deleteCount: taken.join('').length, insert: put.join('') }
}
