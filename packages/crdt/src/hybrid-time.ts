import { malformed } from './bytes.js'
import type { ByteReader, ByteWriter } from './bytes.js'

/**
 * A hybrid logical clock's time (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014) in sixteenths
 * of a millisecond since 1970: wall time where clocks agree, and never before what the author had seen.
 */
export type HybridTime = number

const TICKS_PER_MS = 16
/** How far ahead of the own clock a time may be and still be believed. */
export const MAX_DRIFT_MS = 60_000
/** In the year 2527. */
export const MAX_TIME = 2 ** 48 - 1

/**
 * The time of a new op: after all `seen` ones that are not absurdly far ahead.
 *
 * A clock ten years ahead must not drag everybody along, so what lies beyond {@link MAX_DRIFT_MS} is
 * not followed. Nothing is lost by it: an op replaces what its author saw whatever the times say;
 * they decide between concurrent ops only.
 */
export function nextTime(nowMs: number, seen: readonly HybridTime[]): HybridTime {
  let next = Number.isFinite(nowMs) ? Math.max(0, Math.floor(nowMs)) * TICKS_PER_MS : 0
  const limit = next + MAX_DRIFT_MS * TICKS_PER_MS
  for (const time of seen) if (time >= next && time <= limit) next = time + 1
  return Math.min(next, MAX_TIME)
}

/** Six bytes, the highest first, so that times near each other begin alike. */
export function writeTime(writer: ByteWriter, time: HybridTime): void {
  const high = time / 2 ** 32
  writer.u8(high >> 8)
  writer.u8(high)
  for (let shift = 24; shift >= 0; shift -= 8) writer.u8(time >>> shift)
}

/** @throws FlowSyncError `codec/malformed` */
export function readTime(reader: ByteReader): HybridTime {
  let time = 0
  for (let left = 6; left > 0; left--) time = time * 256 + reader.u8()
  return time
}

/** @throws FlowSyncError `codec/malformed` unless it is one */
export function checkTime(time: number): HybridTime {
  if (time >= 0 && time <= MAX_TIME) return time
  throw malformed('a time is out of range')
}
