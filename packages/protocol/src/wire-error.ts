import { FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import type { Decoded } from './codec/codec.js'
import { struct } from './codec/composites.js'
import { string, varint } from './codec/primitives.js'
import { cutToBytes, toWellFormed } from './codec/unicode.js'
import { RETRYABLE_CODES } from './errors.js'
import * as LAYOUT_LIMITS from './layout-limits.js'
import { MAX_ORDINAL } from './limits.js'

const encoder = new TextEncoder()

/** An error as it travels. */
export const wireError = struct({
  /** A code of the registry, or one that only a newer hub knows. */
  code: string(LAYOUT_LIMITS.errorCodeBytes),
  /** For people, in English. */
  message: string(LAYOUT_LIMITS.errorMessageBytes),
  /** How long to wait before trying again; 0 when the hub has no opinion. */
  retryAfterMs: varint(MAX_ORDINAL),
  /** The details as JSON text of an object; empty when there are none. */
  details: string(LAYOUT_LIMITS.errorDetailsBytes),
})

/** An error as it travels. */
export type WireError = Decoded<typeof wireError>

const INTERNAL: WireError = {
  code: 'hub/internal',
  message: 'The hub failed. Its log says more.',
  retryAfterMs: 0,
  details: '',
}

/**
 * An error for the other side. Only what FlowSync threw on purpose is told; everything else becomes
 * `hub/internal` without a word about the inside. `details.retryAfterMs` becomes `retryAfterMs`.
 */
export function toWireError(error: unknown): WireError {
  if (!isFlowSyncError(error) || encoder.encode(error.code).length > LAYOUT_LIMITS.errorCodeBytes)
    return INTERNAL
  const { retryAfterMs, ...details } = error.details
  return {
    code: toWellFormed(error.code),
    message: cutToBytes(toWellFormed(error.message), LAYOUT_LIMITS.errorMessageBytes),
    retryAfterMs:
      typeof retryAfterMs === 'number' && retryAfterMs > 0
        ? Math.min(Math.ceil(retryAfterMs), MAX_ORDINAL)
        : 0,
    details: detailsText(details),
  }
}

/**
 * The error that the other side had, with `details.retryAfterMs` when it asked to wait. Retryable if
 * its code is or if there is a time to wait for. Total.
 */
export function fromWireError(wire: WireError): FlowSyncError {
  const details = parseDetails(wire.details)
  return new FlowSyncError(wire.code, wire.message, {
    retryable: RETRYABLE_CODES.has(wire.code) || wire.retryAfterMs > 0,
    details: wire.retryAfterMs > 0 ? { ...details, retryAfterMs: wire.retryAfterMs } : details,
  })
}

function detailsText(details: Readonly<Record<string, unknown>>): string {
  if (Object.keys(details).length === 0) return ''
  try {
    const text = toWellFormed(JSON.stringify(details))
    return encoder.encode(text).length <= LAYOUT_LIMITS.errorDetailsBytes ? text : ''
  } catch (cause) {
    // A BigInt or a cycle: the code still says what happened, the details are a bonus.
    if (cause instanceof TypeError) return ''
    throw cause
  }
}

function parseDetails(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__'))
  } catch (cause) {
    if (cause instanceof SyntaxError) return {}
    throw cause
  }
}
