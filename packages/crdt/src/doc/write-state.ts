import { ByteWriter } from '../bytes.js'
import { ReplicaTable } from '../dots.js'
import { isContainer, isShown, winner } from './container.js'
import type { Container, Content, ListContainer, ListElement, MapContainer } from './container.js'
import { writeKey, writeScalar } from './node-codec.js'
import { CONTAINER_TYPES } from './node.js'
import type { Made, OpMark } from './op-marks.js'
import { COUNTER, TEXT } from './parts.js'
import type { DocState } from './state.js'

/*
 * A state is the document as it shows, with names:
 *
 *   replicas   varint count, then 16 bytes each, in the order of their first use
 *   the root's content
 *
 *   map        varint count, then per key that is set: the key, an item
 *              varint count, then per touched fixed container: the key, its type, its content;
 *              keys ascending in both
 *   list       varint count, then per unit: a name or 1 for a unit that shows nothing; after a name an item
 *              varint count, then per element without a unit: a name, an item
 *   text       length and state of the text rule; counter likewise
 *   item       a scalar, or 7 + the type, a name and the content of a container
 *   name       0, seq, replica, counter - 1; or 2 + how far its counter is after that of the name
 *              before, made by the same op
 *
 * What concurrent writes have lost is left out, and so are stamps: every op that can be merged into a
 * state that was read has seen all of it.
 */
export const FORMAT = 1
export const NEW_OP = 0
export const NOTHING = 1
export const SAME_OP = 2
/** The tag of a container's type, above those of scalars. */
export const CONTAINER_TAG = 7

/** Writes what a document shows. No own op may be pending. */
export function writeDocState(writer: ByteWriter, { root }: DocState): void {
  const names = new NameWriter()
  const content = new ByteWriter(1024)
  writeMap(content, names, root)
  names.table.write(writer)
  writer.raw(content.view())
}

/** Writes names, each short when it goes on from the one before. */
class NameWriter {
  readonly table = new ReplicaTable()
  private mark: OpMark | undefined
  private counter = 0

  write(writer: ByteWriter, { mark, counter }: Made): void {
    if (mark.seq !== undefined && mark.seq === this.mark?.seq && counter >= this.counter) {
      writer.varint(SAME_OP + counter - this.counter)
    } else {
      if (mark.seq === undefined) throw new Error('a state with pending ops was encoded')
      writer.varint(NEW_OP)
      writer.varint(mark.seq)
      writer.varint(this.table.indexOf(mark.replica))
      writer.varint(counter - 1)
    }
    this.mark = mark
    this.counter = counter
  }
}

function writeContent(writer: ByteWriter, names: NameWriter, container: Container): void {
  switch (container.type) {
    case 'map':
      return writeMap(writer, names, container)
    case 'list':
      return writeList(writer, names, container)
    case 'text':
      return writer.bytes(TEXT.encodeState(container.part))
    case 'counter':
      return writer.bytes(COUNTER.encodeState(container.part))
  }
}

function writeItem(writer: ByteWriter, names: NameWriter, content: Content | undefined): void {
  if (!isContainer(content)) return writeScalar(writer, content ?? null)
  writer.u8(CONTAINER_TAG + CONTAINER_TYPES.indexOf(content.type))
  if (content.made) names.write(writer, content.made)
  writeContent(writer, names, content)
}

function writeMap(writer: ByteWriter, names: NameWriter, { slots, fixed }: MapContainer): void {
  writer.varint(slots.size)
  for (const key of [...slots.keys()].sort()) {
    writeKey(writer, key)
    writeItem(writer, names, winner(slots.get(key)))
  }
  const touched = [...(fixed?.keys() ?? [])]
    .sort()
    .flatMap((key) =>
      (fixed?.get(key) ?? []).filter(({ isTouched }) => isTouched).map((child) => [key, child] as const),
    )
  writer.varint(touched.length)
  for (const [key, child] of touched) {
    writeKey(writer, key)
    writer.u8(CONTAINER_TYPES.indexOf(child.type))
    writeContent(writer, names, child)
  }
}

function writeList(writer: ByteWriter, names: NameWriter, { units, elements }: ListContainer): void {
  writer.varint(units.length)
  let shown = 0
  for (const unit of units) {
    if (unit.element && isShown(unit)) {
      writeElement(writer, names, unit.element)
      shown++
    } else writer.varint(NOTHING)
  }
  writer.varint(elements.size - shown)
  if (elements.size === shown) return
  const hidden = [...elements].filter(({ places }) => places.at(-1)?.unit.isGone ?? true)
  for (const element of hidden.sort(compareNames)) writeElement(writer, names, element)
}

/** By seq, then by counter. */
function compareNames(left: ListElement, right: ListElement): number {
  return (left.mark.seq ?? 0) - (right.mark.seq ?? 0) || left.counter - right.counter
}

function writeElement(writer: ByteWriter, names: NameWriter, element: ListElement): void {
  names.write(writer, element)
  writeItem(writer, names, winner(element.values))
}
