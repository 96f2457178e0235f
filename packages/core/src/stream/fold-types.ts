import type { AnyMergeRule, Fold } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** A fold whose types are not known statically. */
export type AnyFold = Fold<unknown, unknown, unknown, unknown, unknown>

/**
 * The rule, refusing to make an op whose body is above the limit. A fold encodes a body before it applies it, so a
 * refused edit has changed nothing.
 */
export function limitOpBytes(rule: AnyMergeRule, limitBytes: () => number): AnyMergeRule {
  const encodeBody = (body: unknown): Uint8Array => {
    const bytes = rule.encodeBody(body)
    const limit = limitBytes()
    if (bytes.length <= limit) return bytes
    throw createError(
      'op/too-large',
      `The edit takes ${bytes.length} bytes and the limit is ${limit}: split it.`,
      {
        details: { bytes: bytes.length, limitBytes: limit },
      },
    )
  }
  return Object.create(rule, { encodeBody: { value: encodeBody } }) as AnyMergeRule
}
