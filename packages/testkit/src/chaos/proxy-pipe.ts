import type { Socket } from 'node:net'

/** What a network does to the bytes of its connections. */
export type LinkMode =
  | { readonly kind: 'pass' }
  /** Everything arrives this much later, in order. */
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Nothing arrives until the mode changes, and then all of it, as TCP sends again what was lost. */
  | { readonly kind: 'hold'; readonly direction: 'both' | 'to-server' | 'to-client' }
  /** Connections stay open and what is sent is gone for good, even after the mode has changed: half open. */
  | { readonly kind: 'swallow' }
  /** Connections are reset, new ones refused. */
  | { readonly kind: 'cut' }

interface Queued {
  /** Undefined for the end of what the source sends. */
  readonly chunk: Buffer | undefined
  readonly dueMs: number
}

/** Bytes that wait in one pipe before its source is read no more. */
const HIGH_WATER_BYTES = 1_000_000

/** Carries the bytes of one direction of one connection. */
export class ProxyPipe {
  private readonly source: Socket
  private readonly sink: Socket
  private mode: LinkMode = { kind: 'pass' }
  private readonly queue: Queued[] = []
  private queuedBytes = 0
  private lastDueMs = 0
  private timer: NodeJS.Timeout | undefined
  private isBlocked = false
  private isDisposed = false

  constructor(source: Socket, sink: Socket) {
    this.source = source
    this.sink = sink
    source.on('data', (chunk: Buffer) => this.take(chunk))
    source.once('end', () => this.take(undefined))
    sink.on('drain', () => {
      this.isBlocked = false
      this.pump()
    })
  }

  setMode(mode: LinkMode): void {
    this.mode = mode
    if (mode.kind === 'swallow') this.queue.length = this.queuedBytes = 0
    this.pump()
  }

  dispose(): void {
    this.isDisposed = true
    clearTimeout(this.timer)
  }

  private take(chunk: Buffer | undefined): void {
    if (this.isDisposed) return
    if (this.mode.kind === 'swallow') {
      // Who has gone is gone, though nobody is told.
      if (chunk === undefined) this.source.destroy()
      return
    }
    const bytes = chunk?.length ?? 0
    this.lastDueMs = Math.max(this.lastDueMs, performance.now()) + this.delayOf(bytes)
    const dueMs = this.mode.kind === 'delay' ? performance.now() + this.mode.ms : this.lastDueMs
    this.queue.push({ chunk, dueMs })
    this.queuedBytes += bytes
    if (this.queuedBytes > HIGH_WATER_BYTES) this.source.pause()
    this.pump()
  }

  private delayOf(bytes: number): number {
    return this.mode.kind === 'throttle' ? (bytes / this.mode.bytesPerSecond) * 1000 : 0
  }

  /** Delivers what is due. */
  private pump(): void {
    clearTimeout(this.timer)
    if (this.isDisposed || this.isBlocked || this.mode.kind === 'hold') return
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      const waitMs = next.dueMs - performance.now()
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), waitMs)
        return
      }
      this.queue.shift()
      if (next.chunk === undefined) this.sink.end()
      else if (!this.deliver(next.chunk)) return
    }
  }

  /** False when the sink takes no more for now. */
  private deliver(chunk: Buffer): boolean {
    this.queuedBytes -= chunk.length
    if (this.queuedBytes <= HIGH_WATER_BYTES) this.source.resume()
    if (!this.sink.writable) return true
    this.isBlocked = !this.sink.write(chunk)
    return !this.isBlocked
  }
}
