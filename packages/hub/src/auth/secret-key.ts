import { createError } from '@flowsync/protocol'

const MIN_SECRET_BYTES = 32

/**
 * A secret as the key of HS256 tokens.
 * @throws FlowSyncError `config/invalid` below 32 bytes: shorter ones can be guessed from any token
 */
export function secretKey(secret: string): Uint8Array {
  const key = new TextEncoder().encode(secret)
  if (key.length >= MIN_SECRET_BYTES) return key
  throw createError(
    'config/invalid',
    `The secret for HS256 tokens must have at least ${MIN_SECRET_BYTES} bytes; this one has ${key.length}. Make one with: openssl rand -base64 48`,
  )
}
