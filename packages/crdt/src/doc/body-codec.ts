import { ByteReader, ByteWriter } from '../bytes.js'
import { readStamp, writeStamp } from '../clock.js'
import { malformed, readReplica, writeReplica } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import { JSON_MAX_DEPTH } from '../json.js'
import { CHANGED_TYPE } from './body.js'
import type { DocBody, DocChange, DocTarget, NameRun, NodeName, RemovalStep } from './body.js'
import { readItems, readKey, readNode, writeKey, writeNode } from './node-codec.js'
import { COUNTER, TEXT } from './parts.js'

/*
 * The body of an op on a document, format 1:
 *
 *   u8     bits 0-1: format. Bits 2-4: kind of change. Bits 5-7: kind of target
 *   target 0 the root      nothing
 *          1 a fixed one   keys from the root, as a count and the keys; the change tells the type
 *          2 a made one    seq, counter
 *          3 a made one    counter; the author of this op made it
 *          4 a made one    16 bytes of replica, counter
 *   change see writeChange
 *
 * Typing into a text that is named `body` by the shape takes ten bytes.
 */
const FORMAT = 1
const KINDS = ['set', 'delete', 'insert', 'remove', 'assign', 'move', 'text', 'count'] as const
const NAMED_BY = ['seq', 'author', 'replica'] as const
const ROOT = 0
const FIXED = 1
const MADE = 2
const MAX_UNITS = 0x7fff_ffff

/** Encodes an op in the one form there is. */
export function encodeDocBody({ target, change }: DocBody): Uint8Array {
  const writer = new ByteWriter()
  const kind = KINDS.indexOf(change.kind)
  writer.u8(FORMAT | (kind << 2) | (targetKind(target) << 5))
  if (target.kind === 'made') writeName(writer, target.name)
  else if (target.path.length > 0) writePath(writer, target.path)
  writeChange(writer, change)
  return writer.finish()
}

function targetKind(target: DocTarget): number {
  if (target.kind === 'made') return MADE + NAMED_BY.indexOf(target.name.by)
  return target.path.length === 0 ? ROOT : FIXED
}

/**
 * Decodes an op. Whether there is such a container is not known here.
 * @throws FlowSyncError `op/invalid` for anything that {@link encodeDocBody} does not make
 */
export function decodeDocBody(bytes: Uint8Array): DocBody {
  try {
    const reader = new ByteReader(bytes)
    const head = reader.u8()
    const format = head & 3
    if (format !== FORMAT) throw malformed(`format version ${format} where ${FORMAT} is known`)
    const kind = KINDS[(head >> 2) & 7] ?? 'set'
    const target = readTarget(reader, head >> 5, kind)
    const body = { target, change: readChange(reader, kind) }
    reader.end()
    return body
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('op/invalid', cause.message, { cause })
    throw cause
  }
}

function readTarget(reader: ByteReader, kind: number, change: DocChange['kind']): DocTarget {
  const by = NAMED_BY[kind - MADE]
  if (by) return { kind: 'made', name: readName(reader, by) }
  if (kind > FIXED) throw malformed(`unknown target ${kind}`)
  const type = CHANGED_TYPE[change]
  const path = kind === ROOT ? [] : readPath(reader)
  if ((path.length === 0) !== (kind === ROOT)) throw malformed('the root has a path')
  if (path.length === 0 && type !== 'map') throw malformed('the root is a map')
  return { kind: 'fixed', type, path }
}

function writePath(writer: ByteWriter, path: readonly string[]): void {
  writer.varint(path.length)
  for (const key of path) writeKey(writer, key)
}

function readPath(reader: ByteReader): string[] {
  const path = readItems(reader, 1, () => readKey(reader))
  if (path.length >= JSON_MAX_DEPTH) throw malformed('a path is too long')
  return path
}

function writeName(writer: ByteWriter, name: NodeName): void {
  if (name.by === 'seq') writer.varint(name.seq)
  if (name.by === 'replica') writeReplica(writer, name.replica)
  writer.varint(name.counter)
}

function readName(reader: ByteReader, by: NodeName['by']): NodeName {
  const seq = by === 'seq' ? reader.varint() : 0
  const replica = by === 'replica' ? readReplica(reader) : undefined
  const counter = reader.varint()
  if (replica !== undefined) return { by: 'replica', replica, counter }
  return by === 'seq' ? { by: 'seq', seq, counter } : { by: 'author', counter }
}

/** A name whose kind is not known from elsewhere. */
function writeTaggedName(writer: ByteWriter, name: NodeName): void {
  writer.u8(NAMED_BY.indexOf(name.by))
  writeName(writer, name)
}

function readTaggedName(reader: ByteReader): NodeName {
  const by = NAMED_BY[reader.u8()]
  if (!by) throw malformed('an element is named in an unknown way')
  return readName(reader, by)
}

function writeChange(writer: ByteWriter, change: DocChange): void {
  switch (change.kind) {
    case 'set':
      writeKey(writer, change.key)
      writeStamp(writer, change.stamp)
      return writeNode(writer, change.node)
    case 'delete':
      return writeKey(writer, change.key)
    case 'insert':
      writer.varint(change.position)
      writer.varint(change.nodes.length)
      for (const node of change.nodes) writeNode(writer, node)
      return
    case 'remove':
      writer.varint(change.steps.length)
      for (const { position, deleteCount } of change.steps) {
        writer.varint(position)
        writer.varint(deleteCount)
      }
      writer.varint(change.elements.length)
      for (const { first, length } of change.elements) {
        writeTaggedName(writer, first)
        writer.varint(length)
      }
      return
    case 'assign':
      writeTaggedName(writer, change.element)
      writeStamp(writer, change.stamp)
      return writeNode(writer, change.node)
    case 'move':
      writeTaggedName(writer, change.element)
      writer.varint(change.from)
      writer.varint(change.to)
      return writeStamp(writer, change.stamp)
    case 'text':
      return writer.raw(TEXT.encodeBody(change.delta))
    case 'count':
      return writer.raw(COUNTER.encodeBody(change.amount))
  }
}

function readChange(reader: ByteReader, kind: DocChange['kind']): DocChange {
  switch (kind) {
    case 'set':
      return { kind, key: readKey(reader), stamp: readStamp(reader), node: readNode(reader) }
    case 'delete':
      return { kind, key: readKey(reader) }
    case 'insert':
      return readInsert(reader)
    case 'remove':
      return readRemove(reader)
    case 'assign':
      return { kind, element: readTaggedName(reader), stamp: readStamp(reader), node: readNode(reader) }
    case 'move':
      return {
        kind,
        element: readTaggedName(reader),
        from: reader.varint(MAX_UNITS),
        to: reader.varint(MAX_UNITS),
        stamp: readStamp(reader),
      }
    case 'text':
      return { kind, delta: TEXT.decodeBody(reader.raw(reader.remaining)) }
    case 'count':
      return { kind, amount: COUNTER.decodeBody(reader.raw(reader.remaining)) }
  }
}

function readInsert(reader: ByteReader): DocChange {
  const position = reader.varint(MAX_UNITS)
  const nodes = readItems(reader, 1, () => readNode(reader))
  if (nodes.length === 0) throw malformed('an insertion of nothing')
  return { kind: 'insert', position, nodes }
}

function readRemove(reader: ByteReader): DocChange {
  const steps = readItems(reader, 2, (): RemovalStep => {
    return { position: reader.varint(MAX_UNITS), deleteCount: reader.varint(MAX_UNITS) }
  })
  if (steps.length === 0 || steps.some(({ deleteCount }) => deleteCount === 0)) {
    throw malformed('a removal of nothing')
  }
  const elements = readItems(reader, 3, (): NameRun => {
    return { first: readTaggedName(reader), length: reader.varint(MAX_UNITS) }
  })
  return { kind: 'remove', steps, elements }
}
