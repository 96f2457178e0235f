import type { Readable } from 'node:stream'

/** Takes exact numbers of bytes from a stream, which waits meanwhile. */
export class ByteSource {
  private readonly chunks: AsyncIterator<Buffer>
  private held: Buffer[] = []
  private heldBytes = 0

  constructor(stream: Readable) {
    this.chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  /** Undefined when the stream ends before so many bytes have come. Rejects with the stream's error. */
  async take(bytes: number): Promise<Buffer | undefined> {
    while (this.heldBytes < bytes) {
      const next = await this.chunks.next()
      if (next.done) return undefined
      this.held.push(next.value)
      this.heldBytes += next.value.length
    }
    const all = this.held.length === 1 && this.held[0] ? this.held[0] : Buffer.concat(this.held)
    const rest = all.subarray(bytes)
    this.held = rest.length > 0 ? [rest] : []
    this.heldBytes = rest.length
    return all.subarray(0, bytes)
  }
}
