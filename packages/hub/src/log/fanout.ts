import type { SequencedOp } from '@flowsync/crdt'
import { encodeHubMessage, type System } from '@flowsync/protocol'
import type { Broadcast } from '../cluster/broadcast.js'
import { sizeOfOp } from '../storage/op-size.js'
import { hintOp } from './hint-op.js'
import type { OpenStream } from './open-stream.js'

/** Ops that came while the stream's window was open. */
interface Window {
  readonly epoch: string
  ops: SequencedOp[]
  bytes: number
}

/** Above it a frame is split, so that one burst does not hold up what is due to the same clients. */
const FRAME_BYTES = 256 * 1024

/**
 * Tells a stream's room what was appended: the first ops at once, then at most one frame per window, so
 * that a burst costs each of a thousand readers a few frames a second and an idle stream no delay.
 * A hint, never the truth: who misses a frame pulls.
 */
export class Fanout {
  private readonly broadcast: Broadcast
  private readonly system: System
  private readonly windowMs: number
  private readonly windows = new Map<OpenStream, Window>()

  constructor(broadcast: Broadcast, system: System, windowMs: number) {
    this.broadcast = broadcast
    this.system = system
    this.windowMs = windowMs
  }

  /** @param ops new ops, contiguous and durable */
  publish(stream: OpenStream, epoch: string, ops: readonly SequencedOp[]): void {
    const window = this.windows.get(stream)
    if (!window) {
      this.send(stream, epoch, ops)
      this.openWindow(stream, epoch)
      return
    }
    if (window.epoch !== epoch) {
      this.send(stream, epoch, ops)
      return
    }
    window.ops.push(...ops)
    window.bytes += ops.reduce((sum, op) => sum + sizeOfOp(op), 0)
    // A full frame waits for nobody: what gathers takes memory.
    if (window.bytes >= FRAME_BYTES) this.flush(stream, window)
  }

  /** Tells the readers that the stream has begun a new epoch, in which it holds nothing but a snapshot. */
  announce(stream: OpenStream): void {
    this.send(stream, stream.epoch, [hintOp(stream.headSeq)])
  }

  private openWindow(stream: OpenStream, epoch: string): void {
    this.windows.set(stream, { epoch, ops: [], bytes: 0 })
    this.system.setTimer(this.windowMs, () => this.closeWindow(stream))
  }

  private closeWindow(stream: OpenStream): void {
    const window = this.windows.get(stream)
    this.windows.delete(stream)
    if (!window || window.ops.length === 0) return
    this.send(stream, window.epoch, window.ops)
    this.openWindow(stream, window.epoch)
  }

  private flush(stream: OpenStream, window: Window): void {
    const { ops } = window
    window.ops = []
    window.bytes = 0
    this.send(stream, window.epoch, ops)
  }

  /** Encodes each frame once, whatever the number of readers. */
  private send(stream: OpenStream, epoch: string, ops: readonly SequencedOp[]): void {
    const { workspace, stream: name } = stream.key
    for (const part of frameParts(ops)) {
      const seq = part.at(-1)?.seq ?? 0
      const frame = encodeHubMessage({ type: 'feed', stream: name, epoch, ops: part })
      this.broadcast.publish(workspace, name, frame, { epoch, seq })
      if (epoch === stream.epoch) stream.toldSeq = Math.max(stream.toldSeq, seq)
    }
  }
}

/** Contiguous runs of bounded size: a frame holds no gap. */
function frameParts(ops: readonly SequencedOp[]): SequencedOp[][] {
  const parts: SequencedOp[][] = []
  let part: SequencedOp[] = []
  let bytes = 0
  let expectedSeq = 0
  for (const op of ops) {
    const size = sizeOfOp(op)
    if (part.length === 0 || op.seq !== expectedSeq || bytes + size > FRAME_BYTES) {
      part = []
      bytes = 0
      parts.push(part)
    }
    part.push(op)
    bytes += size
    expectedSeq = op.seq + 1
  }
  return parts
}
