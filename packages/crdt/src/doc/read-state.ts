import type { ByteReader } from '../bytes.js'
import { malformed } from '../codec.js'
import { ReplicaTableReader } from '../dots.js'
import { JSON_MAX_DEPTH } from '../json.js'
import type { ReplicaId } from '../op.js'
import type {
  Container,
  Content,
  ListContainer,
  ListElement,
  MapContainer,
  Place,
  Unit,
} from './container.js'
import { unitOf } from './grow.js'
import { createContainer } from './make.js'
import { readItems, readKey, readScalar } from './node-codec.js'
import { CONTAINER_TYPES } from './node.js'
import type { ContainerType } from './node.js'
import { idOf } from './op-marks.js'
import type { Made, OpMark } from './op-marks.js'
import { Sequence } from '../sequence/sequence.js'
import { COUNTER, TEXT } from './parts.js'
import type { DocShape } from './shape.js'
import { FIRST_STAMP } from './siblings.js'
import { createDocState, register, registerElement, touchChild } from './state.js'
import type { DocState } from './state.js'
import { CONTAINER_TAG, NEW_OP, NOTHING, SAME_OP } from './write-state.js'

/** Stands for all ops that were folded before: every op that is merged from now on has seen them. */
const BEFORE: Made = { mark: { replica: '' as ReplicaId, seq: 0, living: 0 }, counter: 0 }

/**
 * Reads what `writeDocState` wrote.
 * @param last the seq up to which the state had folded; ops made before it cannot be merged
 * @throws FlowSyncError `codec/malformed`
 */
export function readDocState(reader: ByteReader, shape: DocShape, last: number): DocState {
  const state = createDocState(shape, last)
  const table = new ReplicaTableReader(reader)
  new StateReader(state, reader, table, last).readMap(state.root)
  table.end()
  return state
}

class StateReader {
  private readonly state: DocState
  private readonly reader: ByteReader
  private readonly table: ReplicaTableReader
  private readonly last: number
  private readonly marks = new Map<number, OpMark>()
  private former: Made | undefined

  constructor(state: DocState, reader: ByteReader, table: ReplicaTableReader, last: number) {
    this.state = state
    this.reader = reader
    this.table = table
    this.last = last
  }

  readMap(map: MapContainer): void {
    const { reader } = this
    let before: string | undefined
    readItems(reader, 2, () => {
      const key = readKey(reader)
      if (before !== undefined && key <= before) throw malformed('keys are not in their order')
      before = key
      const content = this.readItem({ map, key }, map.depth + 1)
      map.slots.set(key, [{ ...BEFORE, stamp: FIRST_STAMP, content }])
    })
    this.readFixed(map)
  }

  private readFixed(map: MapContainer): void {
    const { reader } = this
    let before: readonly [key: string, number: number] = ['', -1]
    readItems(reader, 3, () => {
      const key = readKey(reader)
      const number = reader.u8()
      const isNext = key > before[0] || (key === before[0] && number > before[1])
      if (!isNext) throw malformed('fixed containers are not in their order')
      if (map.made || map.depth + 1 >= JSON_MAX_DEPTH) throw malformed('a fixed container out of its place')
      before = [key, number]
      this.readContent(touchChild(map, key, typeOf(number)))
    })
  }

  private readContent(container: Container): void {
    const { reader } = this
    switch (container.type) {
      case 'map':
        return this.readMap(container)
      case 'list':
        return this.readList(container)
      case 'text':
        container.part = TEXT.decodeState(reader.bytes(), 0)
        return
      case 'counter':
        container.part = COUNTER.decodeState(reader.bytes(), 0)
    }
  }

  private readList(list: ListContainer): void {
    const { reader } = this
    list.units = readItems(reader, 1, () => {
      const code = reader.varint()
      if (code !== NOTHING) return this.readElement(list, code, true)
      list.mayHide = true
      return unitOf(undefined)
    })
    list.sequence = new Sequence(list.units.length, 0)
    readItems(reader, 2, () => this.readElement(list, reader.varint(), false))
    list.isStale = true
  }

  private readElement(list: ListContainer, code: number, isShown: boolean): Unit {
    const name = this.readName(code)
    if (list.elements.get(idOf(name))) throw malformed('an element is listed twice')
    const element: ListElement = { ...name, list, values: [], places: [] }
    registerElement(this.state, element)
    const content = this.readItem({ element }, list.depth + 1)
    element.values = [{ ...BEFORE, stamp: FIRST_STAMP, content }]
    const unit = unitOf(element)
    if (isShown) element.places = [{ ...BEFORE, stamp: FIRST_STAMP, unit }]
    return unit
  }

  private readItem(place: Place, depth: number): Content {
    const { reader, state } = this
    const tag = reader.u8()
    const scalar = readScalar(reader, tag)
    if (scalar !== undefined) return scalar
    const type = typeOf(tag - CONTAINER_TAG)
    if (depth >= JSON_MAX_DEPTH) throw malformed(`a document is nested deeper than ${JSON_MAX_DEPTH}`)
    const made = this.readName(reader.varint())
    if (state.containers.get(idOf(made))) throw malformed('a container is listed twice')
    const container = createContainer(type, { made, place, depth })
    register(state, made, container)
    this.readContent(container)
    return container
  }

  /** Reads a name whose first number was read. */
  private readName(code: number): Made {
    const { former } = this
    if (code === NEW_OP) this.former = this.readNewName()
    else if (former && code >= SAME_OP) {
      this.former = { mark: former.mark, counter: former.counter + code - SAME_OP }
    } else throw malformed('a name is missing')
    if (!Number.isSafeInteger(this.former.counter)) throw malformed('a counter is too large')
    return this.former
  }

  private readNewName(): Made {
    const { reader, table, marks, last } = this
    const seq = reader.varint(last)
    const replica = table.at(reader.varint())
    const counter = reader.varint() + 1
    const known = marks.get(seq)
    if (seq === 0 || (known && known.replica !== replica)) throw malformed('two ops have one seq')
    const mark = known ?? { replica, seq, living: 0 }
    marks.set(seq, mark)
    return { mark, counter }
  }
}

function typeOf(number: number): ContainerType {
  const type = CONTAINER_TYPES[number]
  if (!type) throw malformed(`unknown type ${number}`)
  return type
}
