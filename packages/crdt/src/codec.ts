import { ByteReader, ByteWriter, malformed } from './bytes.js'
import { FlowSyncError, isFlowSyncError } from './errors.js'
import type { ReplicaId } from './op.js'

export { malformed }

/** Writes a body or a state behind its format version, so that a later format is told apart by name. */
export function encodeVersioned(version: number, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = spare ?? new ByteWriter(MAX_SPARE_BYTES)
  spare = undefined
  writer.clear()
  writer.u8(version)
  write(writer)
  const bytes = writer.finish()
  if (bytes.length <= MAX_SPARE_BYTES) spare = writer
  return bytes
}

/** A writer that nobody uses just now: to make one costs more than most ops that are written to it. */
let spare: ByteWriter | undefined
const MAX_SPARE_BYTES = 256

/**
 * Reads what {@link encodeVersioned} wrote, all of it.
 * @throws FlowSyncError with `code` for another version and for any bytes that `read` does not take
 */
export function decodeVersioned<Result>(
  code: 'op/invalid' | 'state/invalid',
  bytes: Uint8Array,
  version: number,
  read: (reader: ByteReader) => Result,
): Result {
  return decodeWith(code, bytes, (reader) => {
    checkFormat(reader.u8(), version)
    return read(reader)
  })
}

/** A body whose first byte says in its highest bit whether something is deleted, else only its format version. */
export function decodeHeaded<Result>(
  bytes: Uint8Array,
  version: number,
  read: (reader: ByteReader, isDelete: boolean) => Result,
): Result {
  return decodeWith('op/invalid', bytes, (reader) => {
    const head = reader.u8()
    checkFormat(head & 127, version)
    return read(reader, head > 127)
  })
}

function checkFormat(found: number, version: number): void {
  if (found !== version) throw malformed(`format version ${found} where ${version} is known`)
}

/**
 * Reads all of some bytes.
 * @throws FlowSyncError with `code` for any bytes that `read` does not take or leaves
 */
export function decodeWith<Result>(
  code: 'op/invalid' | 'state/invalid',
  bytes: Uint8Array,
  read: (reader: ByteReader) => Result,
): Result {
  try {
    const reader = new ByteReader(bytes)
    const result = read(reader)
    reader.end()
    return result
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError(code, cause.message, { cause })
    throw cause
  }
}

const REPLICA_BYTES = 16

/** A replica id as its 16 bytes. */
export function writeReplica(writer: ByteWriter, replica: ReplicaId): void {
  for (let at = 0; at < 2 * REPLICA_BYTES; at += 2) writer.u8(Number.parseInt(replica.slice(at, at + 2), 16))
}

/** Reads what {@link writeReplica} wrote. */
export function readReplica(reader: ByteReader): ReplicaId {
  let hex = ''
  for (const byte of reader.raw(REPLICA_BYTES)) hex += byte.toString(16).padStart(2, '0')
  return hex as ReplicaId
}

/** Reads how many items follow, each of at least `itemBytes`, so that a claim is bounded by the input. */
export function readCount(reader: ByteReader, itemBytes: number): number {
  return reader.varint(Math.floor(reader.remaining / itemBytes))
}
