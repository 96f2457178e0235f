import type { OpId } from '../op.js'
import type { TextDelta } from '../text-delta.js'

/** A text op as it travels. */
export interface ReferenceOp extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  readonly seq: number | undefined
  readonly patch: TextDelta
}

/** One UTF-16 unit in the tree of Fugue. */
interface Unit {
  readonly op: number
  readonly char: string
  /** The next unit to the right when it was inserted; undefined at the end of the text. */
  readonly rightOrigin: Unit | undefined
  readonly lefts: Unit[]
  readonly rights: Unit[]
  readonly deletedBy: Set<number>
}

/**
 * What a text must be, found the slow way: FugueMax as its paper describes it, a tree with one node for
 * each unit (Weidner & Kleppmann, "The Art of the Fugue", 2023, section 5), read at an op's version by
 * looking up, for each unit, whether that version knew it. Shares nothing with the sequence engine.
 */
export class TextReference {
  private readonly ops: ReferenceOp[] = []
  private readonly pasts: Set<number>[] = []
  private readonly root: Unit = newUnit(-1, '', undefined)

  /** Adds an op; all that its author knew must have been added before. */
  add(op: ReferenceOp): void {
    const past = this.pastOf(op)
    const index = this.ops.push(op) - 1
    this.pasts.push(past)

    const order = this.inOrder()
    const known = order.filter((unit) => past.has(unit.op))
    const visible = known.filter((unit) => ![...unit.deletedBy].some((by) => past.has(by)))
    const [from, to] = fit(op.patch, visible.map(({ char }) => char).join(''))
    for (const unit of visible.slice(from, to)) unit.deletedBy.add(index)

    let left = visible[from - 1] ?? this.root
    const right = known[known.indexOf(left) + 1]
    for (const char of op.patch.insert.split('')) {
      const unit = newUnit(index, char, right)
      const isFree = !left.rights.some((child) => past.has(child.op))
      if (isFree) this.addSibling(left.rights, unit, order)
      else if (right) this.addSibling(right.lefts, unit, undefined)
      left = unit
    }
  }

  private pastOf(op: ReferenceOp): Set<number> {
    const past = new Set<number>()
    this.ops.forEach((other, index) => {
      if (op.seq !== undefined && (other.seq === undefined || other.seq >= op.seq)) return
      const isUpToBase = other.seq !== undefined && other.seq <= op.base
      const isOwn = other.replica === op.replica && other.counter < op.counter
      const isNamed = op.extra.some((id) => id.replica === other.replica && other.counter <= id.counter)
      if (!isUpToBase && !isOwn && !isNamed) return
      past.add(index)
      for (const older of this.pasts[index] ?? []) past.add(older)
    })
    return past
  }

  /** @param order the document order before, for siblings on the right side */
  private addSibling(siblings: Unit[], unit: Unit, order: readonly Unit[] | undefined): void {
    siblings.push(unit)
    const rank = (origin: Unit | undefined) => (origin ? order?.indexOf(origin) : undefined) ?? Infinity
    siblings.sort((a, b) => {
      const rankA = order ? rank(a.rightOrigin) : 0
      const rankB = order ? rank(b.rightOrigin) : 0
      return rankA === rankB ? this.compareIds(a.op, b.op) : rankB - rankA
    })
  }

  private compareIds(a: number, b: number): number {
    const opA = this.ops[a]
    const opB = this.ops[b]
    if (!opA || !opB) throw new Error('A unit belongs to no op.')
    if (opA.replica !== opB.replica) return opA.replica < opB.replica ? -1 : 1
    return opA.counter - opB.counter
  }

  private inOrder(): Unit[] {
    const order: Unit[] = []
    const visit = (unit: Unit) => {
      unit.lefts.forEach(visit)
      if (unit !== this.root) order.push(unit)
      unit.rights.forEach(visit)
    }
    visit(this.root)
    return order
  }

  get text(): string {
    return this.inOrder()
      .filter((unit) => unit.deletedBy.size === 0)
      .map(({ char }) => char)
      .join('')
  }
}

function newUnit(op: number, char: string, rightOrigin: Unit | undefined): Unit {
  return { op, char, rightOrigin, lefts: [], rights: [], deletedBy: new Set() }
}

/** The range that a patch deletes, by the edges of whole characters. */
function fit({ position, deleteCount, insert: _ }: TextDelta, text: string): [from: number, to: number] {
  const edges = [0]
  for (const char of text) edges.push((edges.at(-1) ?? 0) + char.length)
  const first = Math.min(position, text.length)
  const last = Math.min(first + deleteCount, text.length)
  const from = edges.findLast((edge) => edge <= first) ?? 0
  if (first === last) return [from, from]
  return [from, edges.find((edge) => edge >= last) ?? text.length]
}
