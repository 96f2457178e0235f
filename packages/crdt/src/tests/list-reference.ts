import type { ElementName, ElementNames } from '../list/element-name.js'
import type { ListBody, SlotRange } from '../list/list-body.js'
import type { OpId, ReplicaId } from '../op.js'

/** A list op as it travels. */
interface ListReferenceOp extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  readonly seq: number | undefined
  readonly body: ListBody
}

/** A slot in the tree of Fugue. */
interface Slot {
  /** The change of the slots that inserted it. */
  readonly change: number
  element: Element | undefined
  readonly rightOrigin: Slot | undefined
  readonly lefts: Slot[]
  readonly rights: Slot[]
  readonly removedBy: Set<number>
}

interface Element {
  readonly by: ListReferenceOp
  readonly counter: number
  readonly slot: Slot
  readonly text: string
}

/** A change of the slots: several make up one op. */
interface Change {
  readonly replica: ReplicaId
  readonly counter: number
  readonly op: ListReferenceOp
  readonly past: Set<number>
}

type Move = ListReferenceOp & { readonly body: ListBody & { readonly kind: 'move' } }
type Write = ListReferenceOp & { readonly body: ListBody & { readonly kind: 'set' } }

/**
 * What a list must be, found the slow way: all ops are kept, and what they come to is found by asking
 * for each element what all of them say of it. The order is FugueMax as its paper describes it (see
 * `text-reference.ts`), a tree with a node for each slot. Shares nothing with engine and rule.
 */
export class ListReference {
  private readonly ops: ListReferenceOp[] = []
  private readonly changes: Change[] = []
  private readonly elements: Element[] = []
  private readonly slotsOfMoves = new Map<ListReferenceOp, Slot>()
  private readonly root: Slot = newSlot(-1, undefined)

  /** Adds an op; all that its author knew must have been added before. */
  add(op: ListReferenceOp): void {
    const { body } = op
    const past = this.pastOf(op)
    const ranges: readonly SlotRange[] = body.kind === 'set' ? [] : body.ranges
    for (const { position, count } of ranges) this.change(op, past, position, count, 0)
    if (body.kind === 'insert') {
      const slots = this.change(op, past, body.position, 0, body.values.length)
      slots.forEach((slot, index) => {
        const counter = op.counter + ranges.length + index
        slot.element = { by: op, counter, slot, text: body.values[index]?.text ?? '' }
        this.elements.push(slot.element)
      })
    }
    if (body.kind === 'move') {
      for (const slot of this.change(op, past, body.position, 0, 1)) {
        slot.element = this.elements.find((element) => this.isNamed(op, body.name, element))
        this.slotsOfMoves.set(op, slot)
      }
    }
    this.ops.push(op)
  }

  private change(
    op: ListReferenceOp,
    past: Set<number>,
    position: number,
    deleteCount: number,
    insertCount: number,
  ): Slot[] {
    const index = this.changes.length
    const sameOp = this.changes.filter((change) => change.op === op).length
    const order = this.inOrder()
    const known = order.filter((slot) => past.has(slot.change))
    const visible = known.filter((slot) => ![...slot.removedBy].some((by) => past.has(by)))
    const from = Math.min(position, visible.length)
    for (const slot of visible.slice(from, from + deleteCount)) slot.removedBy.add(index)

    this.changes.push({ replica: op.replica, counter: op.counter + sameOp, op, past: new Set(past) })
    const inserted: Slot[] = []
    let left = visible[from - 1] ?? this.root
    const right = known[known.indexOf(left) + 1]
    for (let count = 0; count < insertCount; count++) {
      const slot = newSlot(index, right)
      const isFree = !left.rights.some((child) => past.has(child.change))
      if (isFree) this.addSibling(left.rights, slot, order)
      else if (right) this.addSibling(right.lefts, slot, undefined)
      left = slot
      inserted.push(slot)
    }
    past.add(index)
    return inserted
  }

  private pastOf(op: ListReferenceOp): Set<number> {
    const past = new Set<number>()
    this.changes.forEach((change, index) => {
      if (!this.knew(op, change.op, change.counter)) return
      past.add(index)
      for (const older of change.past) past.add(older)
    })
    return past
  }

  /** Whether an op's author knew what another op did, by what the op says. */
  private knew(op: ListReferenceOp, other: ListReferenceOp, counter: number): boolean {
    if (op === other) return false
    if (op.seq !== undefined && (other.seq === undefined || other.seq >= op.seq)) return false
    const isUpToBase = other.seq !== undefined && other.seq <= op.base
    const isOwn = other.replica === op.replica && counter < op.counter
    return (
      isUpToBase ||
      isOwn ||
      op.extra.some(
        (id) => id.replica === other.replica && counter <= id.counter && !(other.replica === op.replica),
      )
    )
  }

  private isUpToBase(op: ListReferenceOp, other: ListReferenceOp): boolean {
    return other.seq !== undefined && other.seq <= op.base && (op.seq === undefined || other.seq < op.seq)
  }

  /** Whether an op names an element as its author had to. */
  private isNamed(op: ListReferenceOp, name: ElementName, element: Element): boolean {
    if (name.kind === 'placed')
      return this.isUpToBase(op, element.by) && this.serialOf(element) === name.serial
    const replica = name.kind === 'own' ? op.replica : name.replica
    return (
      element.by.replica === replica &&
      element.counter === name.counter &&
      !this.isUpToBase(op, element.by) &&
      this.knew(op, element.by, element.counter)
    )
  }

  private serialOf(element: Element): number {
    const placed = this.elements
      .filter(({ by }) => by.seq !== undefined)
      .sort((a, b) => (a.by.seq ?? 0) - (b.by.seq ?? 0) || a.counter - b.counter)
    return placed.indexOf(element)
  }

  private isDeleted(element: Element): boolean {
    return this.ops.some(
      (op) =>
        op.body.kind === 'delete' &&
        namesIn(op.body.names, this.serialOf(element), element.counter, element.by.replica, op.replica).some(
          (name) => this.isNamed(op, name, element),
        ),
    )
  }

  /** The op that counts, of several that say something of one element. */
  private winner<O extends Move | Write>(claims: readonly O[]): O | undefined {
    const open = claims.filter((claim) => !claims.some((other) => this.knew(other, claim, claim.counter)))
    return open.sort(
      (a, b) =>
        a.body.stamp.ms - b.body.stamp.ms ||
        a.body.stamp.count - b.body.stamp.count ||
        (a.replica < b.replica ? -1 : a.replica > b.replica ? 1 : a.counter - b.counter),
    )[open.length - 1]
  }

  private claims(element: Element): { readonly moves: Move[]; readonly writes: Write[] } {
    const isClaim = (op: ListReferenceOp): op is Move | Write =>
      (op.body.kind === 'move' || op.body.kind === 'set') && this.isNamed(op, op.body.name, element)
    const claims = this.ops.filter(isClaim)
    return {
      moves: claims.filter((op) => op.body.kind === 'move') as Move[],
      writes: claims.filter((op) => op.body.kind === 'set') as Write[],
    }
  }

  /** The JSON texts of all items. */
  get items(): string[] {
    const items: string[] = []
    for (const slot of this.inOrder()) {
      const { element } = slot
      if (slot.removedBy.size > 0 || !element || this.isDeleted(element)) continue
      const { moves, writes } = this.claims(element)
      const move = this.winner(moves)
      const shown = move ? this.slotsOfMoves.get(move) : element.slot
      if (shown === slot) items.push(this.winner(writes)?.body.json.text ?? element.text)
    }
    return items
  }

  /** @param order the order before, for siblings on the right side */
  private addSibling(siblings: Slot[], slot: Slot, order: readonly Slot[] | undefined): void {
    siblings.push(slot)
    const rank = (origin: Slot | undefined) => (origin ? order?.indexOf(origin) : undefined) ?? Infinity
    siblings.sort((a, b) => {
      const rankA = order ? rank(a.rightOrigin) : 0
      const rankB = order ? rank(b.rightOrigin) : 0
      return rankA === rankB ? this.compareIds(a.change, b.change) : rankB - rankA
    })
  }

  private compareIds(a: number, b: number): number {
    const changeA = this.changes[a]
    const changeB = this.changes[b]
    if (!changeA || !changeB) throw new Error('A slot belongs to no change.')
    if (changeA.replica !== changeB.replica) return changeA.replica < changeB.replica ? -1 : 1
    return changeA.counter - changeB.counter
  }

  private inOrder(): Slot[] {
    const order: Slot[] = []
    const visit = (slot: Slot) => {
      slot.lefts.forEach(visit)
      if (slot !== this.root) order.push(slot)
      slot.rights.forEach(visit)
    }
    visit(this.root)
    return order
  }
}

function newSlot(change: number, rightOrigin: Slot | undefined): Slot {
  return { change, element: undefined, rightOrigin, lefts: [], rights: [], removedBy: new Set() }
}

/** The names in a set that fit an element. */
function namesIn(
  names: ElementNames,
  serial: number,
  counter: number,
  replica: ReplicaId,
  author: ReplicaId,
): ElementName[] {
  const has = (runs: ElementNames['own'], number: number) =>
    runs.some(({ first, count }) => number >= first && number < first + count)
  const found: ElementName[] = []
  if (has(names.placed, serial)) found.push({ kind: 'placed', serial })
  if (replica === author && has(names.own, counter)) found.push({ kind: 'own', counter })
  for (const other of names.foreign) {
    if (other.replica === replica && has(other.runs, counter))
      found.push({ kind: 'foreign', replica, counter })
  }
  return found
}
