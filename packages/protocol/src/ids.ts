import { isReplicaId, type ReplicaId } from '@flowsync/crdt'
import { toHex } from './codec/hex.js'
import { createError } from './errors.js'
import type { System } from './system.js'

/**
 * One life of a stream's log on the hub: 64 random bits as 16 lowercase hex digits, or
 * {@link NO_EPOCH}. A cursor means something only together with its epoch.
 */
export type Epoch = string

/** What a client says that never had the stream. */
export const NO_EPOCH: Epoch = ''

const EPOCH = /^[0-9a-f]{16}$/
const ZERO_EPOCH = '0'.repeat(16)

/** True for 16 lowercase hex digits that are not all 0, which is how {@link NO_EPOCH} travels. */
export function isEpoch(text: string): text is Epoch {
  return EPOCH.test(text) && text !== ZERO_EPOCH
}

/** A new epoch, for a log that begins or was restored. */
export function createEpoch(system: Pick<System, 'randomBytes'>): Epoch {
  const epoch = toHex(system.randomBytes(8))
  // One chance in 2^64, and every time with a broken random source.
  return epoch === ZERO_EPOCH ? '0000000000000001' : epoch
}

/** A new id for a client instance: 128 random bits. */
export function createReplicaId(system: Pick<System, 'randomBytes'>): ReplicaId {
  const id = toHex(system.randomBytes(16))
  if (!isReplicaId(id)) throw createError('config/invalid', 'System.randomBytes(16) must return 16 bytes.')
  return id
}
