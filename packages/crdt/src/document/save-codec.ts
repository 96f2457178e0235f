import { ByteReader, ByteWriter } from '../bytes.js'
import { malformed, readCount, readReplica, writeReplica } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import type { OpId } from '../op.js'
import type { DocumentCore, Root } from './document-core.js'
import { compareIds } from './document-version.js'
import type { DocumentVersion } from './document-version.js'

/*
 * A saved document, format 1:
 *
 *   u8      format
 *   bytes   text, UTF-8
 *   varint  number of replicas; ascending; of each its 16 bytes and the counter of its last op
 *   varint  number of newest ops; of each the place of its replica in the list and its counter
 *   varint  0 without history, else the number of updates + 1; of each its bytes with their length
 *   bytes   an update with ops since, if there are any
 */
const FORMAT = 1
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A saved document. */
export interface Save {
  readonly root: Root
  /** Updates with all ops that made the root; undefined when they are gone. */
  readonly archive: readonly Uint8Array[] | undefined
  /** An update with ops since the root. */
  readonly news: Uint8Array | undefined
}

/** What a document holds, as what another one can begin with. */
export function rootOf(core: DocumentCore, version: DocumentVersion): Root {
  return { text: core.text.toString(), version, ends: endsOf(core) }
}

/** For each replica, the counter after its last op, by ascending id: the same for all who hold the same. */
export function endsOf({ graph }: DocumentCore): readonly OpId[] {
  const ends: OpId[] = []
  graph.replicas.forEach((replica, author) => {
    const counter = graph.nextCounterOf(author)
    if (counter > 1) ends.push({ replica, counter })
  })
  return ends.sort(compareIds)
}

export function encodeSave({ root, archive, news }: Save): Uint8Array {
  const writer = new ByteWriter(1024)
  writer.u8(FORMAT)
  writer.bytes(encoder.encode(root.text))
  writer.varint(root.ends.length)
  for (const { replica, counter } of root.ends) {
    writeReplica(writer, replica)
    writer.varint(counter - 1)
  }
  writer.varint(root.version.length)
  for (const { replica, counter } of root.version) {
    writer.varint(root.ends.findIndex((end) => end.replica === replica))
    writer.varint(counter)
  }
  writer.varint(archive ? archive.length + 1 : 0)
  for (const update of archive ?? []) writer.bytes(update)
  if (news) writer.bytes(news)
  return writer.finish()
}

/**
 * Reads what {@link encodeSave} wrote; updates of the archive are checked when they are decoded.
 * @throws FlowSyncError `state/invalid` for any other bytes
 */
export function decodeSave(bytes: Uint8Array): Save {
  try {
    return readSave(new ByteReader(bytes))
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('state/invalid', cause.message, { cause })
    throw cause
  }
}

function readSave(reader: ByteReader): Save {
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
  const news = reader.remaining > 0 ? reader.bytes().slice() : undefined
  reader.end()
  return { root: { text, version, ends }, archive, news }
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
