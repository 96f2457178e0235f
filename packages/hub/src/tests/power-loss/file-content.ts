import type { DiskEvent } from './disk-event.js'

/** What a file's content is changed by. */
export type Change = Extract<DiskEvent, { readonly kind: 'write' | 'truncate' }>

/** Bytes of a file that grows and shrinks in place. */
export class FileContent {
  private buffer: Buffer
  private length: number

  /** @param former what to begin with a copy of */
  constructor(former?: FileContent) {
    this.buffer = Buffer.from(former?.bytes ?? [])
    this.length = this.buffer.length
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      this.resize(change.size)
      return
    }
    const end = change.offset + change.bytes.length
    if (end > this.length) this.resize(end)
    this.buffer.set(change.bytes, change.offset)
  }

  private resize(length: number): void {
    if (length > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(length, this.buffer.length * 2))
      grown.set(this.bytes)
      this.buffer = grown
    }
    this.buffer.fill(0, Math.min(length, this.length), Math.max(length, this.length))
    this.length = length
  }
}
