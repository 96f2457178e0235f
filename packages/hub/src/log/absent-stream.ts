import type { CatchUp } from './catch-up.js'

/**
 * The epoch of a log that is not there. Whoever may only read creates no stream; it is told this epoch, and when somebody
 * writes the stream it gets another one, as after any reset.
 */
export const ABSENT_EPOCH = 'ffffffffffffffff'

/** What a reader of a stream gets that nobody has written to. */
export const NOTHING: CatchUp = Object.freeze({ epoch: ABSENT_EPOCH, headSeq: 0, ops: Object.freeze([]) })
