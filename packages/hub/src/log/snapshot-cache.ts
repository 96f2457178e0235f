import type { Snapshot } from '../storage/driver.js'
import type { OpenStream } from './open-stream.js'

interface Cached {
  readonly snapshot: Snapshot
  readonly atMs: number
}

/** How long a snapshot is taken for the latest one when others may make newer ones. */
const FRESH_MS = 5_000

/** The latest snapshots of streams in memory, at most so many bytes of them; the longest unused go first. */
export class SnapshotCache {
  private readonly limitBytes: number
  private readonly cached = new Map<OpenStream, Cached>()
  private bytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  /**
   * The latest snapshot of the stream's present life, as far as is known: none when one at or above the floor is, for
   * somebody else has made a newer one.
   * @param nowMs given when others may have made a newer one: then only what was put lately counts
   */
  get(stream: OpenStream, nowMs?: number): Snapshot | undefined {
    const cached = this.cached.get(stream)
    if (!cached) return undefined
    const { snapshot, atMs } = cached
    if (snapshot.epoch !== stream.epoch || snapshot.seq < stream.floorSeq) return undefined
    if (nowMs !== undefined && atMs + FRESH_MS <= nowMs) return undefined
    this.cached.delete(stream)
    this.cached.set(stream, cached)
    return snapshot
  }

  put(stream: OpenStream, snapshot: Snapshot, nowMs: number): void {
    this.forget(stream)
    this.cached.set(stream, { snapshot, atMs: nowMs })
    this.bytes += snapshot.state.length
    for (const oldest of this.cached.keys()) {
      if (this.bytes <= this.limitBytes) return
      this.forget(oldest)
    }
  }

  forget(stream: OpenStream): void {
    this.bytes -= this.cached.get(stream)?.snapshot.state.length ?? 0
    this.cached.delete(stream)
  }
}
