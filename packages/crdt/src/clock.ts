import type { ByteReader, ByteWriter } from './bytes.js'

/**
 * A hybrid logical clock's time (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014): wall time
 * where clocks agree, and never before what the author had seen.
 */
export interface Stamp {
  /** Milliseconds since 1970 by the author's clock, or by one it had seen. */
  readonly ms: number
  /** Tells stamps of one millisecond apart. */
  readonly count: number
}

/** How far ahead of the own clock a stamp may be and still be believed. */
export const MAX_DRIFT_MS = 60_000
const MAX_COUNT = 0xffff
/** The year 10889. */
const MAX_MS = 2 ** 48 - 1

/**
 * The stamp of a new op: after all `seen` ones that are not absurdly far ahead.
 *
 * A clock ten years ahead must not drag everybody along, so what lies beyond {@link MAX_DRIFT_MS} is
 * not followed. Nothing is lost by it: an op replaces what its author saw whatever the stamps say;
 * they decide between concurrent ops only.
 */
export function nextStamp(nowMs: number, seen: readonly Stamp[]): Stamp {
  const ms = Number.isFinite(nowMs) ? Math.min(Math.max(0, Math.floor(nowMs)), MAX_MS) : 0
  let latest: Stamp = { ms, count: -1 }
  for (const stamp of seen) {
    if (stamp.ms <= ms + MAX_DRIFT_MS && compareStamps(stamp, latest) > 0) latest = stamp
  }
  if (latest.count < MAX_COUNT) return { ms: latest.ms, count: latest.count + 1 }
  return { ms: Math.min(latest.ms + 1, MAX_MS), count: 0 }
}

/** Negative when `left` is earlier, positive when it is later. */
export function compareStamps(left: Stamp, right: Stamp): number {
  return left.ms - right.ms || left.count - right.count
}

export function writeStamp(writer: ByteWriter, { ms, count }: Stamp): void {
  writer.varint(ms)
  writer.varint(count)
}

/** @throws FlowSyncError `codec/malformed` */
export function readStamp(reader: ByteReader): Stamp {
  return { ms: reader.varint(MAX_MS), count: reader.varint(MAX_COUNT) }
}
