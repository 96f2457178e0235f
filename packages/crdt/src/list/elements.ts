import type { JsonText } from '../json.js'
import type { ReplicaId } from '../op.js'
import { knew } from './claims.js'
import type { ListContext } from './claims.js'
import type { ElementName, ElementNames } from './element-name.js'
import type { HubOrder } from './hub-order.js'
import { RunIndex } from './run-index.js'
import type { Handle } from './run-index.js'

/**
 * The elements of a list and the slots they stand in, both by handles: an element has the handle of the
 * slot it was inserted with. A deleted element has no value; what else is known of it is of no use.
 */
export class Elements {
  private readonly order: HubOrder
  private readonly values: (JsonText | undefined)[] = []
  /** The element of each slot; of a slot that is gone, -1 less it. */
  private readonly owners: number[] = []
  /** The serial of each element; while it has none, its counter below zero. Nothing for other slots. */
  private readonly names: number[] = []
  private readonly bySerial = new RunIndex()
  /** Elements inserted since the floor. */
  private readonly byCounter = new Map<ReplicaId, RunIndex>()
  private live = 0

  constructor(order: HubOrder) {
    this.order = order
  }

  /** The next handle. */
  get end(): Handle {
    return this.values.length
  }

  /** How many elements are not deleted. */
  get liveCount(): number {
    return this.live
  }

  valueOf(element: Handle): JsonText | undefined {
    return this.values[element]
  }

  setValue(element: Handle, json: JsonText): void {
    this.values[element] = json
  }

  /** Forgets the value of an element. */
  kill(element: Handle): void {
    this.values[element] = undefined
    this.live--
  }

  /** The element that a slot was made for. */
  ownerOf(slot: Handle): Handle {
    const owner = this.owners[slot] as number
    return owner < 0 ? -1 - owner : owner
  }

  /** Whether nobody has removed a slot. */
  isThere(slot: Handle): boolean {
    return (this.owners[slot] as number) >= 0
  }

  removeSlot(slot: Handle): void {
    this.owners[slot] = -1 - (this.owners[slot] as number)
  }

  /** Adds elements that have no serials yet. */
  add(replica: ReplicaId, counter: number, values: readonly JsonText[]): void {
    this.chainOf(replica).add(counter, this.end, values.length)
    for (let index = 0; index < values.length; index++) this.push(values[index] as JsonText, -counter - index)
  }

  private chainOf(replica: ReplicaId): RunIndex {
    const known = this.byCounter.get(replica)
    if (known) return known
    const chain = new RunIndex()
    this.byCounter.set(replica, chain)
    return chain
  }

  /** Adds an element that a snapshot brought; {@link indexSerials} is called for it later. */
  addPlaced(serial: number, json: JsonText): Handle {
    return this.push(json, serial)
  }

  private push(json: JsonText, name: number): Handle {
    this.live++
    this.owners.push(this.owners.length)
    this.names.push(name)
    return this.values.push(json) - 1
  }

  /** Adds a slot that an element was moved to; without an element a slot of a deleted one. */
  addSlot(element: Handle | undefined): Handle {
    this.owners.push(element ?? this.owners.length)
    this.names.push(0)
    return this.values.push(undefined) - 1
  }

  /** Gives elements that were added together their serials, from `serial` on. */
  place(replica: ReplicaId, counter: number, count: number, serial: number): void {
    const first = this.byCounter.get(replica)?.find(counter)
    if (first === undefined) return
    for (let index = 0; index < count; index++) this.names[first + index] = serial + index
    this.indexSerials(serial, first, count)
  }

  indexSerials(serial: number, first: Handle, count: number): void {
    this.bySerial.add(serial, first, count)
  }

  /** An element that was not deleted before the floor. */
  withSerial(serial: number): Handle | undefined {
    return this.bySerial.find(serial)
  }

  /** The serial of an element that has one. */
  serialOf(element: Handle): number {
    return this.names[element] as number
  }

  /** How an author names an element that it knows. @param self the author; undefined to name it for any */
  nameOf(element: Handle, self: ReplicaId | undefined): ElementName {
    const name = this.names[element] as number
    if (name >= 0) return { kind: 'placed', serial: name }
    const counter = -name
    if (self !== undefined && this.byCounter.get(self)?.find(counter) === element)
      return { kind: 'own', counter }
    for (const [replica, chain] of this.byCounter) {
      if (chain.find(counter) === element) return { kind: 'foreign', replica, counter }
    }
    throw new Error('an element has no name')
  }

  /**
   * The element that an op names; undefined when its author did not know such a one, or it is deleted.
   * Each element has one name for one author, so that all replicas take it or none does.
   */
  resolve(op: ListContext, name: ElementName): Handle | undefined {
    const element = this.find(op, name)
    return element === undefined || this.values[element] === undefined ? undefined : element
  }

  private find(op: ListContext, name: ElementName): Handle | undefined {
    if (name.kind === 'placed') {
      return name.serial < this.order.serialAt(op.base) ? this.withSerial(name.serial) : undefined
    }
    const replica = name.kind === 'own' ? op.replica : name.replica
    const element = this.byCounter.get(replica)?.find(name.counter)
    return element !== undefined && this.isNamedByCounter(op, replica, name.counter, element)
      ? element
      : undefined
  }

  private isNamedByCounter(op: ListContext, replica: ReplicaId, counter: number, element: Handle): boolean {
    const name = this.names[element] as number
    const isPlaced = name >= 0
    if (isPlaced && name < this.order.serialAt(op.base)) return false
    // Above the base: what tells whether it was known is the chain or a mention.
    return knew(op, { replica, counter, seq: isPlaced ? Infinity : undefined })
  }

  /** Visits all elements that an op names and {@link resolve} would find, and deleted ones besides. */
  visit(op: ListContext, names: ElementNames, visit: (element: Handle) => void): void {
    const known = this.order.serialAt(op.base)
    for (const { first, count } of names.placed)
      this.bySerial.visit(first, Math.min(first + count, known), visit)
    const visitChain = (replica: ReplicaId, runs: ElementNames['own']) => {
      const chain = this.byCounter.get(replica)
      for (const { first, count } of runs) {
        chain?.visit(first, first + count, (element, counter) => {
          if (this.isNamedByCounter(op, replica, counter, element)) visit(element)
        })
      }
    }
    visitChain(op.replica, names.own)
    for (const { replica, runs } of names.foreign) visitChain(replica, runs)
  }
}
