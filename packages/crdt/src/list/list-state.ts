import { hasSameItems } from '../json.js'
import type { Json, JsonText } from '../json.js'
import { PendingOps } from '../pending-ops.js'
import type { AppliedOp } from '../rule.js'
import { Sequence } from '../sequence/sequence.js'
import type { ListContext, LiveDot } from './claims.js'
import { Contests } from './contests.js'
import type { ElementNames } from './element-name.js'
import { Elements } from './elements.js'
import { Ghosts } from './ghosts.js'
import { HubOrder } from './hub-order.js'
import { changesOf, rangesOf } from './list-body.js'
import type { ListBody, SlotRange } from './list-body.js'
import type { ListDelta } from './list-delta.js'
import type { Handle } from './run-index.js'
import { SlotBuffer } from './slot-buffer.js'

/** What an op without a place said of an element, for when it gets one. */
interface PendingClaim {
  readonly op: AppliedOp<ListBody>
  readonly dot: LiveDot
}

const NO_CHANGES: readonly ListDelta<Json>[] = Object.freeze([])

/**
 * A list with what is known of the ops that made it.
 *
 * The sequence engine orders slots. An element stands in the slot it was inserted with, or in the one
 * that the winning move put it to; the slots of losing moves are ghosts, which positions of ops count
 * and values do not show. What is deleted is deleted by name, so that no concurrent move brings it back.
 *
 * All this is a function of the ops and of what their authors knew, not of the order in which they come.
 */
export class ListState {
  readonly elements: Elements
  readonly slots = new SlotBuffer()
  readonly ghosts = new Ghosts()
  private readonly order: HubOrder
  private readonly sequence: Sequence
  readonly contests = new Contests()
  private readonly pending = new PendingOps<PendingClaim>()
  /** What the op being applied has changed so far. */
  private changes: ListDelta<Json>[] | undefined
  private last: readonly Json[] = Object.freeze([])
  private isStale = true

  /**
   * @param slotCount of the slots at the floor, which the maker puts into `slots`
   * @param serial the first one that is free at the floor
   */
  constructor(floor: number, slotCount: number, serial: number) {
    this.order = new HubOrder(floor, serial)
    this.elements = new Elements(this.order)
    this.sequence = new Sequence(slotCount, floor)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.order.floor
  }

  /** The serial of the next element that gets one. */
  get nextSerial(): number {
    return this.order.nextSerial
  }

  /** How many items the list shows. */
  get length(): number {
    return this.slots.length - this.ghosts.count
  }

  /** The items, frozen; the same array as long as it holds the same. */
  get value(): readonly Json[] {
    if (!this.isStale) return this.last
    this.isStale = false
    const values: Json[] = []
    this.forEachShown((element) => values.push((this.elements.valueOf(element) as JsonText).value))
    if (!hasSameItems(values, this.last)) this.last = Object.freeze(values)
    return this.last
  }

  /** Visits the elements that the list shows, in their order. */
  forEachShown(visit: (element: Handle, slotPosition: number) => void): void {
    const { slots, ghosts, elements } = this
    const { length } = slots
    for (let position = 0; position < length; position++) {
      if (ghosts.count === 0 || !ghosts.has(position)) visit(elements.ownerOf(slots.at(position)), position)
    }
  }

  /** Folds one op and tells what it changed. */
  apply(op: AppliedOp<ListBody>): readonly ListDelta<Json>[] {
    const { seq, replica, counter, extra, body } = op
    // What lies at or above its own place it cannot have known, whatever it claims.
    const base = seq === undefined ? op.base : Math.min(op.base, seq - 1)
    const context: ListContext = { replica, counter, base, extra, seq }
    const ranges = rangesOf(body)
    for (let index = 0; index < ranges.length; index++) {
      this.patch(context, index, (ranges[index] as SlotRange).position, (ranges[index] as SlotRange).count, 0)
    }
    switch (body.kind) {
      case 'insert':
        this.elements.add(replica, counter + ranges.length, body.values)
        this.patch(context, ranges.length, body.position, 0, body.values.length)
        break
      case 'delete':
        this.kill(context, body.names)
        break
      case 'set':
        this.write(context, body, this.dotOf(op))
        break
      case 'move':
        this.move(context, body, this.dotOf(op))
    }

    if (seq !== undefined) this.place(op, seq)
    const deltas = this.changes
    if (!deltas) return NO_CHANGES
    this.changes = undefined
    this.isStale = true
    return deltas
  }

  /** Adds to what the op being applied changes. */
  private tell(position: number, deleteCount: number, insert: readonly Json[]): void {
    const delta = { position, deleteCount, insert }
    // An array that grows reserves space for many, and most ops have one change.
    if (this.changes) this.changes.push(delta)
    else this.changes = [delta]
  }

  private dotOf(op: AppliedOp<ListBody>): LiveDot {
    const dot: LiveDot = { replica: op.replica, counter: op.counter, seq: op.seq }
    if (op.seq === undefined) this.pending.add({ op, dot })
    return dot
  }

  /** Gives an op that was applied without one its seq. */
  settle(op: AppliedOp<ListBody> & { readonly seq: number }): void {
    const { replica, counter, seq, body } = op
    const changes = changesOf(body)
    for (let index = 0; index < changes; index++) {
      this.sequence.settle({ replica, counter: counter + index }, this.order.lastChange + 1 + index)
    }
    const claim = this.pending.take(op)
    if (claim) claim.dot.seq = seq
    this.place(op, seq)
  }

  /** An op has its seq, above all before: its elements take the next serials. */
  private place({ replica, counter, body }: AppliedOp<ListBody>, seq: number): void {
    const inserted = body.kind === 'insert' ? body.values.length : 0
    if (inserted > 0) {
      this.elements.place(replica, counter + rangesOf(body).length, inserted, this.order.nextSerial)
    }
    this.order.place(seq, inserted, changesOf(body))
  }

  /**
   * Merges one of an op's changes of the sequence. To the sequence each is an op of its own, whose author
   * knew the ones before, and so are their places: a dense order of changes beside the hub's of ops.
   */
  private patch(
    { replica, counter, base, extra, seq }: ListContext,
    index: number,
    position: number,
    deleteCount: number,
    insertCount: number,
  ): void {
    const { order } = this
    const head = {
      replica,
      counter: counter + index,
      count: Math.max(1, insertCount),
      base: order.changeAt(base),
      extra,
      seq: seq === undefined ? undefined : order.lastChange + 1 + index,
    }
    const firstHandle = this.elements.end - insertCount
    for (const change of this.sequence.apply(head, { position, deleteCount, insertCount })) {
      if (change.deleteCount > 0) this.removeSlots(change.position, change.deleteCount)
      if (change.insertCount > 0) {
        this.insertSlots(change.position, firstHandle, change.insertCount)
      }
    }
  }

  private removeSlots(position: number, count: number): void {
    const { slots, elements, ghosts } = this
    for (let index = 0; index < count; index++) elements.removeSlot(slots.at(position + index))
    slots.remove(position, count)
    const shownAt = position - ghosts.before(position)
    const deleteCount = count - ghosts.removed(position, count)
    if (deleteCount > 0) this.tell(shownAt, deleteCount, NOTHING)
  }

  /** Slots of new elements show them; one that an element was moved to is a ghost at first. */
  private insertSlots(position: number, first: Handle, count: number): void {
    const { slots, elements, ghosts } = this
    slots.insert(position, first, count)
    ghosts.inserted(position, count)
    if (elements.ownerOf(first) !== first || elements.valueOf(first) === undefined) ghosts.add(position)
    else {
      const insert = [(elements.valueOf(first) as JsonText).value]
      for (let index = 1; index < count; index++)
        insert.push((elements.valueOf(first + index) as JsonText).value)
      this.tell(position - ghosts.before(position), 0, insert)
    }
  }

  private kill(context: ListContext, names: ElementNames): void {
    const { elements, contests } = this
    const left = new Set<Handle>()
    elements.visit(context, names, (element) => {
      if (elements.valueOf(element) === undefined) return
      const slot = contests.slotOf(element)
      if (elements.isThere(slot)) left.add(slot)
      elements.kill(element)
      contests.delete(element)
    })
    if (left.size > 0) this.hideAll(left)
  }

  /** Makes ghosts of slots that show elements, in one pass however many they are. */
  private hideAll(hidden: ReadonlySet<Handle>): void {
    const { slots, ghosts } = this
    const positions: number[] = []
    for (let position = 0; position < slots.length; position++) {
      if (hidden.has(slots.at(position))) positions.push(position)
    }
    let start = -1
    let deleteCount = 0
    positions.forEach((position, before) => {
      const shownAt = position - ghosts.before(position) - before
      if (shownAt !== start && deleteCount > 0) this.tell(start, deleteCount, NOTHING)
      deleteCount = shownAt === start ? deleteCount + 1 : 1
      start = shownAt
    })
    this.tell(start, deleteCount, NOTHING)
    ghosts.addAll(positions)
  }

  /** A slot that showed its element becomes a ghost, unless it is gone. */
  private hide(slot: Handle, hint: number): void {
    const position = this.elements.isThere(slot) ? this.slots.find(slot, hint) : undefined
    if (position === undefined) return
    this.tell(position - this.ghosts.before(position), 1, NOTHING)
    this.ghosts.add(position)
  }

  /** A ghost shows its element again, unless it is gone. */
  private reveal(slot: Handle, hint: number): void {
    const { elements, ghosts } = this
    const position = elements.isThere(slot) ? this.slots.find(slot, hint) : undefined
    if (position === undefined) return
    ghosts.delete(position)
    const { value } = elements.valueOf(elements.ownerOf(slot)) as JsonText
    this.tell(position - ghosts.before(position), 0, [value])
  }

  private write(
    context: ListContext,
    { name, stamp, json, position: hint }: ListBody & { readonly kind: 'set' },
    dot: LiveDot,
  ): void {
    const { elements } = this
    const element = elements.resolve(context, name)
    if (element === undefined) return
    const before = elements.valueOf(element) as JsonText
    const after = this.contests.write(element, context, { dot, stamp, json })
    // Writing what stands there already keeps the reference, so that nobody renders for nothing.
    if (after.text === before.text) return
    elements.setValue(element, after)
    const slot = this.contests.slotOf(element)
    const position = elements.isThere(slot) ? this.slots.find(slot, hint) : undefined
    if (position === undefined) return
    this.tell(position - this.ghosts.before(position), 1, [after.value])
  }

  private move(
    context: ListContext,
    { ranges, position, name, stamp }: ListBody & { readonly kind: 'move' },
    dot: LiveDot,
  ): void {
    const { elements } = this
    const element = elements.resolve(context, name)
    const slot = elements.addSlot(element)
    this.patch(context, ranges.length, position, 0, 1)
    if (element === undefined) return
    const former = this.contests.slotOf(element)
    this.contests.place(element, context, { dot, stamp, slot })
    const shown = this.contests.slotOf(element)
    if (shown === former) return
    this.hide(former, 0)
    this.reveal(shown, position)
  }
}

const NOTHING: readonly Json[] = Object.freeze([])
