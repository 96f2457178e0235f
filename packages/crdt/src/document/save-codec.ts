import { ByteReader, ByteWriter } from '../bytes.js'
import { malformed, readCount, readReplica, writeReplica } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import type { OpId } from '../op.js'
import type { DocumentCore, Root } from './document-core.js'
import type { DocumentVersion } from './document-version.js'

/*
 * A saved document, format 1:
 *
 *   u8      format
 *   bytes   text, UTF-8
 *   varint  number of replicas; ascending; of each its 16 bytes and the counter of its last op
 *   varint  number of newest ops; of each the place of its replica in the list and its counter
 *   varint  0 without history, else the number of updates + 1; of each its bytes with their length
 */
const FORMAT = 1
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @param archive updates with all ops; undefined leaves the history out */
export function encodeSave(
  { text, graph }: DocumentCore,
  version: DocumentVersion,
  archive: readonly Uint8Array[] | undefined,
): Uint8Array {
  const writer = new ByteWriter(1024)
  writer.u8(FORMAT)
  writer.bytes(encoder.encode(text.toString()))
  // By id, so that all who hold the same make the same bytes.
  const held = graph.replicas.filter((_, author) => graph.nextCounterOf(author) > 1).sort()
  writer.varint(held.length)
  for (const replica of held) {
    writeReplica(writer, replica)
    writer.varint(graph.nextCounterOf(graph.numberOf(replica)) - 1)
  }
  writer.varint(version.length)
  for (const { replica, counter } of version) {
    writer.varint(held.indexOf(replica))
    writer.varint(counter)
  }
  writer.varint(archive ? archive.length + 1 : 0)
  for (const update of archive ?? []) writer.bytes(update)
  return writer.finish()
}

/**
 * Reads what {@link encodeSave} wrote; updates of the archive are checked when they are decoded.
 * @throws FlowSyncError `state/invalid` for any other bytes
 */
export function decodeSave(bytes: Uint8Array): {
  readonly root: Root
  readonly archive: readonly Uint8Array[] | undefined
} {
  try {
    return readSave(new ByteReader(bytes))
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('state/invalid', cause.message, { cause })
    throw cause
  }
}

function readSave(reader: ByteReader): { root: Root; archive: readonly Uint8Array[] | undefined } {
  const format = reader.u8()
  if (format !== FORMAT) throw malformed(`format version ${format} where ${FORMAT} is known`)
  const text = readText(reader)
  const ends: OpId[] = []
  for (let left = readCount(reader, 17); left > 0; left--) {
    const replica = readReplica(reader)
    const counter = reader.varint(Number.MAX_SAFE_INTEGER - 1) + 1
    if (counter === 1) throw malformed('a replica without ops')
    if (ends.length > 0 && (ends[ends.length - 1] as OpId).replica >= replica)
      throw malformed('replicas are not in order')
    ends.push({ replica, counter })
  }
  if (new Set(ends.map(({ replica }) => replica)).size !== ends.length)
    throw malformed('a replica is listed twice')
  const version: OpId[] = []
  for (let left = readCount(reader, 2); left > 0; left--) {
    const end = ends[reader.varint()]
    const counter = reader.varint()
    if (!end || counter < 1 || counter >= end.counter) throw malformed('a newest op that is not there')
    version.push({ replica: end.replica, counter })
  }
  if ((version.length === 0) !== (ends.length === 0)) throw malformed('ops without a newest one')
  const archive = readArchive(reader)
  reader.end()
  return { root: { text, version, ends }, archive }
}

function readArchive(reader: ByteReader): Uint8Array[] | undefined {
  const count = readCount(reader, 1)
  if (count === 0) return undefined
  const archive: Uint8Array[] = []
  // A copy: the document shall not hold the bytes of its text as well.
  for (let left = count - 1; left > 0; left--) archive.push(reader.bytes().slice())
  return archive
}

function readText(reader: ByteReader): string {
  try {
    return decoder.decode(reader.bytes())
  } catch (cause) {
    throw malformed('a text is not valid UTF-8', cause)
  }
}
