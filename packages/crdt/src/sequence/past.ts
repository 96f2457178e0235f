import type { LocalVersion } from './version.js'

/**
 * What the author of an op knew, in terms of one history. Names of ops that this history does not hold
 * are gone: those lie below its floor, so that `base` covers them, or they never existed.
 */
export interface Past {
  /** The author's number in the history. */
  readonly author: number
  readonly counter: number
  readonly base: number
  /** The newest known ops of other authors that `base` does not cover. */
  readonly extras: readonly LocalVersion[]
  readonly isPlaced: boolean
}
