import type { OpId } from '../op.js'

/** An op of a rich text as it travels, as far as the reference needs it. */
export interface MarksReferenceOp extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  readonly seq: number | undefined
  readonly patch?: { readonly position: number; readonly deleteCount: number; readonly insert: string }
  readonly mark?: ReferenceMark
}

interface ReferenceMark {
  readonly position: number
  readonly length: number
  readonly ms: number
  readonly name: string
  readonly multi: boolean
  readonly before: boolean
  readonly after: boolean
  /** JSON text, undefined or of what goes away. */
  readonly value: string | undefined
  readonly isRemoval: boolean
}

/** One UTF-16 unit in the tree of Fugue. */
interface Unit {
  readonly op: number
  readonly char: string
  readonly rightOrigin: Unit | undefined
  readonly lefts: Unit[]
  readonly rights: Unit[]
  readonly deletedBy: Set<number>
  /** By key, the mark op it had from its neighbours. */
  readonly born: Map<string, number>
}

/** A mark op's range: from a unit (or just behind it) to a unit (or just before it). */
interface Range {
  readonly from: Unit | undefined
  readonly to: Unit | undefined
}

/**
 * What a rich text must be, found the slow way: a tree of units as in Fugue's paper, and for each unit and
 * version a search through all mark ops. Nothing is ever forgotten. Shares nothing with the engine.
 */
export class MarksReference {
  private readonly ops: MarksReferenceOp[] = []
  private readonly pasts: Set<number>[] = []
  private readonly ranges: (Range | undefined)[] = []
  private readonly root: Unit = newUnit(-1, '', undefined)
  private order: Unit[] = []
  private ranks = new Map<Unit, number>()

  /** Adds an op; all that its author knew must have been added before. */
  add(op: MarksReferenceOp): void {
    const past = this.pastOf(op)
    const index = this.ops.push(op) - 1
    this.pasts.push(past)
    const known = this.order.filter((unit) => past.has(unit.op))
    const visible = known.filter((unit) => ![...unit.deletedBy].some((by) => past.has(by)))
    this.ranges.push(op.mark && this.rangeOf(op.mark, visible))
    if (op.patch) this.edit(index, op.patch, known, visible)
    this.order = this.inOrder()
    this.ranks = new Map(this.order.map((unit, rank) => [unit, rank]))
  }

  private rangeOf(mark: ReferenceMark, visible: readonly Unit[]): Range | undefined {
    const [from, to] = fit(mark.position, mark.length, charsOf(visible))
    if (from === to) return undefined
    return {
      from: mark.before ? visible[from - 1] : visible[from],
      to: mark.after ? visible[to] : visible[to - 1],
    }
  }

  private edit(
    index: number,
    patch: NonNullable<MarksReferenceOp['patch']>,
    known: readonly Unit[],
    visible: readonly Unit[],
  ): void {
    const past = this.pasts[index] ?? new Set()
    const [from, to] = fit(patch.position, patch.deleteCount, charsOf(visible))
    const deleted = visible.slice(from, to)
    const isReplacement = deleted.length > 0
    const born = this.bornBetween(
      isReplacement ? deleted[0] : visible[from - 1],
      isReplacement ? deleted.at(-1) : visible[to],
      past,
    )
    for (const unit of deleted) unit.deletedBy.add(index)

    let left = visible[from - 1] ?? this.root
    const right = known[known.indexOf(left) + 1]
    for (const char of patch.insert.split('')) {
      const unit = { ...newUnit(index, char, right), born }
      const isFree = !left.rights.some((child) => past.has(child.op))
      if (isFree) this.addSibling(left.rights, unit, true)
      else if (right) this.addSibling(right.lefts, unit, false)
      left = unit
    }
  }

  private pastOf(op: MarksReferenceOp): Set<number> {
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

  private addSibling(siblings: Unit[], unit: Unit, isRight: boolean): void {
    siblings.push(unit)
    const rank = ({ rightOrigin }: Unit) =>
      rightOrigin ? (this.ranks.get(rightOrigin) ?? Infinity) : Infinity
    siblings.sort((a, b) => {
      const [rankA, rankB] = isRight ? [rank(a), rank(b)] : [0, 0]
      return rankA === rankB ? this.compareIds(a.op, b.op) : rankB - rankA
    })
  }

  private compareIds(a: number, b: number): number {
    const [opA, opB] = [this.op(a), this.op(b)]
    if (opA.replica !== opB.replica) return opA.replica < opB.replica ? -1 : 1
    return opA.counter - opB.counter
  }

  private op(index: number): MarksReferenceOp {
    const op = this.ops[index]
    if (!op) throw new Error('There is no such op.')
    return op
  }

  private mark(index: number): ReferenceMark {
    const { mark } = this.op(index)
    if (!mark) throw new Error('The op marks nothing.')
    return mark
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

  private isWithin(unit: Unit, index: number): boolean {
    const range = this.ranges[index]
    if (!range) return false
    const { before, after } = this.mark(index)
    const rank = this.ranks.get(unit) ?? NaN
    const from = range.from ? (this.ranks.get(range.from) ?? NaN) : -1
    const to = range.to ? (this.ranks.get(range.to) ?? NaN) : Infinity
    return (before ? rank > from : rank >= from) && (after ? rank < to : rank <= to)
  }

  /** By key, the mark op that decides about a unit at a version. */
  private decisions(unit: Unit | undefined, past: ReadonlySet<number>): Map<string, number> {
    const found = new Map<string, number[]>()
    if (!unit) return new Map()
    for (const [key, index] of unit.born) found.set(key, [index])
    const bornPast = this.pasts[unit.op] ?? new Set()
    this.ops.forEach(({ mark }, index) => {
      if (!mark || !past.has(index) || bornPast.has(index) || !this.isWithin(unit, index)) return
      const key = keyOf(mark)
      found.set(key, [...(found.get(key) ?? []), index])
    })
    return new Map([...found].map(([key, rivals]) => [key, this.winner(rivals)]))
  }

  private winner(rivals: readonly number[]): number {
    const last = rivals.filter((one) => !rivals.some((other) => this.pasts[other]?.has(one)))
    const [winner] = last.sort((a, b) => this.mark(b).ms - this.mark(a).ms || this.compareIds(b, a))
    if (winner === undefined) throw new Error('Nobody wins.')
    return winner
  }

  private bornBetween(
    left: Unit | undefined,
    right: Unit | undefined,
    past: ReadonlySet<number>,
  ): Map<string, number> {
    const onLeft = this.decisions(left, past)
    const onRight = this.decisions(right, past)
    const born = new Map<string, number>()
    for (const key of new Set([...onLeft.keys(), ...onRight.keys()])) {
      const [l, r] = [onLeft.get(key), onRight.get(key)]
      const shownOf = (index: number | undefined) =>
        index === undefined || this.mark(index).isRemoval ? undefined : this.mark(index)
      const [markL, markR] = [shownOf(l), shownOf(r)]
      const goneL = l !== undefined && !markL ? this.mark(l) : undefined
      const goneR = r !== undefined && !markR ? this.mark(r) : undefined
      let heir: number | undefined
      if (markL && (markL.after || markL.value === markR?.value)) heir = l
      else if (markR?.before) heir = r
      else if (goneL && (goneL.after || goneR)) heir = l
      else if (goneR?.before) heir = r
      if (heir !== undefined) born.set(key, heir)
    }
    return born
  }

  private get shown(): Unit[] {
    return this.order.filter((unit) => unit.deletedBy.size === 0)
  }

  get text(): string {
    return charsOf(this.shown)
  }

  /** For each unit of the text, its marks as readers see them. */
  get marks(): readonly Readonly<Record<string, unknown>>[] {
    const all = new Set(this.ops.keys())
    return this.shown.map((unit) => {
      const values: Record<string, unknown> = {}
      const decided = [...this.decisions(unit, all)].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [, index] of decided) {
        const { name, multi, value, isRemoval } = this.mark(index)
        if (isRemoval || value === undefined) continue
        const parsed: unknown = JSON.parse(value)
        const former = values[name]
        values[name] = multi ? [...(Array.isArray(former) ? (former as unknown[]) : []), parsed] : parsed
      }
      return values
    })
  }
}

function newUnit(op: number, char: string, rightOrigin: Unit | undefined): Unit {
  return { op, char, rightOrigin, lefts: [], rights: [], deletedBy: new Set(), born: new Map() }
}

function charsOf(units: readonly Unit[]): string {
  return units.map(({ char }) => char).join('')
}

function keyOf({ name, multi, value }: ReferenceMark): string {
  return multi ? JSON.stringify([name, value]) : JSON.stringify([name])
}

/** The range that a position and a length mean, by the edges of whole characters. */
function fit(position: number, length: number, text: string): [from: number, to: number] {
  const edges = [0]
  for (const char of text) edges.push((edges.at(-1) ?? 0) + char.length)
  const first = Math.min(position, text.length)
  const last = Math.min(first + length, text.length)
  const from = edges.findLast((edge) => edge <= first) ?? 0
  if (first === last) return [from, from]
  return [from, edges.find((edge) => edge >= last) ?? text.length]
}
