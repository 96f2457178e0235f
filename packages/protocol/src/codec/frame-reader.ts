import { ByteReader, FlowSyncError } from '@flowsync/crdt'
import { createError } from '../errors.js'
import { DEFAULT_LIMITS, type DecodeLimits } from '../limits.js'

/** A {@link ByteReader} that also counts list items, so that a small frame cannot ask for a large allocation. */
export class FrameReader extends ByteReader {
  private items: number

  /** @throws FlowSyncError `frame/too-large` when the frame is above `limits.frameBytes`. */
  constructor(frame: Uint8Array, limits: DecodeLimits = DEFAULT_LIMITS) {
    super(frame)
    this.items = limits.items
    if (frame.length > limits.frameBytes) {
      throw createError(
        'frame/too-large',
        `A frame of ${frame.length} bytes is above the limit of ${limits.frameBytes}.`,
        {
          details: { bytes: frame.length, limitBytes: limits.frameBytes },
        },
      )
    }
  }

  /**
   * Reserves `count` list items of the frame's budget; called before any of them is allocated.
   * @throws FlowSyncError `frame/too-large`
   */
  claimItems(count: number): void {
    if (count > this.items)
      throw createError('frame/too-large', 'A frame holds more list items than the limit.')
    this.items -= count
  }

  /** A list's length, checked against `max`, the input that is left (an item takes a byte at least) and the budget. */
  listLength(max: number): number {
    const length = this.varint(max)
    if (length > this.remaining) throw malformed('a list is longer than the input')
    this.claimItems(length)
    return length
  }
}

/** The error of a reader that met bytes no writer makes. */
export function malformed(what: string, cause?: unknown): FlowSyncError<'codec/malformed'> {
  return createError('codec/malformed', `Malformed bytes: ${what}.`, { cause })
}

/** The error of a writer that was given what its layout cannot hold: a programmer's mistake. */
export function invalidValue(what: string): FlowSyncError<'codec/invalid-value'> {
  return createError('codec/invalid-value', `Cannot encode: ${what}.`)
}
