/*
 * A session's updates: their number in the session, modulo 256, so that none is lost, repeated or misplaced
 * unnoticed; then ops until the end of the bytes, each in terms of those before it in the session.
 *
 *   u8      bits 0-1: what it does. Bits 2-3: position. Bit 4: more than one unit. Bit 5: another author or
 *           other parents than the op before. Bit 6: an op that did not fit. Bit 7: 0
 *   if bit 5:
 *     varint  place of the author in the list of replicas; as many as there are: a new one, 16 bytes follow
 *     varint  counter: difference to the author's next one in the session, zigzag
 *     varint  number of parents + 1, or 0 for the op before; of each, replica (as above) and counter
 *   varint  if position is OTHER: difference to where the op before left the caret, zigzag
 *   if bit 6:
 *     varint  counters taken
 *   varint  a patch, or bit 4 and no insertion: how many units go
 *   insertions and patches: one byte, an ASCII character, or if bit 4 a varint and so many bytes of UTF-8
 */

/** What a session's op does: as the kinds of runs, but for the last. */
export const PATCH = 3

/** Where: at the caret that the op before left. */
export const AT_CARET = 0
/** Just before it. */
export const BEFORE_CARET = 1
/** Elsewhere. */
export const ELSEWHERE = 2

export const HAS_LENGTH = 16
export const HAS_HEAD = 32
export const IS_MISFIT = 64
