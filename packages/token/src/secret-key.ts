import { FlowSyncError } from '@flowsync/crdt'

const MIN_SECRET_BYTES = 32

/**
 * A hub's secret as the key of HS256 tokens. `createHubToken` signs with it, the hub's `jwtAuth` verifies with it.
 *
 * @throws FlowSyncError `config/invalid` below 32 bytes: shorter secrets can be guessed from any token
 */
export function secretKey(secret: string): Uint8Array {
  const key = new TextEncoder().encode(secret)
  if (key.length >= MIN_SECRET_BYTES) return key
  throw new FlowSyncError(
    'config/invalid',
    `The secret for HS256 tokens must have at least ${MIN_SECRET_BYTES} bytes; this one has ${key.length}. Make one with: openssl rand -base64 48`,
  )
}
