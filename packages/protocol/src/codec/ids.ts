import { isReplicaId, type ByteReader, type ByteWriter, type ReplicaId } from '@flowsync/crdt'
import { isEpoch, NO_EPOCH, type Epoch } from '../ids.js'
import type { Codec } from './codec.js'
import { invalidValue } from './frame-reader.js'
import { fromHex, toHex } from './hex.js'

const NO_EPOCH_BYTES = new Uint8Array(8)

/** Writes the 16 bytes of a replica id. */
export function writeReplicaId(writer: ByteWriter, id: ReplicaId): void {
  if (!isReplicaId(id)) throw invalidValue('a replica id that is not 32 lowercase hex digits')
  writer.raw(fromHex(id))
}

/** Reads the 16 bytes of a replica id. */
export function readReplicaId(reader: ByteReader): ReplicaId {
  // Any 16 bytes are a replica id.
  return toHex(reader.raw(16)) as ReplicaId
}

/** A replica id as its 16 bytes. */
export const replicaId: Codec<ReplicaId> = {
  describe: 'replicaId',
  write: writeReplicaId,
  read: readReplicaId,
}

/** An epoch as its 8 bytes; none as 8 zero bytes. */
export const epoch: Codec<Epoch> = {
  describe: 'epoch',
  write(writer, value) {
    if (value === NO_EPOCH) return writer.raw(NO_EPOCH_BYTES)
    if (!isEpoch(value)) throw invalidValue('an epoch that is not 16 lowercase hex digits')
    writer.raw(fromHex(value))
  },
  read(reader) {
    const text = toHex(reader.raw(8))
    return isEpoch(text) ? text : NO_EPOCH
  },
}
