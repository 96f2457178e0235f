import type { Socket } from 'socket.io'

/** What of a Socket.io connection's inside tells how much it has not read yet. */
interface Wire {
  on(event: 'drain', listener: () => void): unknown
  readonly socket?: { terminate?(): void; readonly bufferedAmount?: number }
}

/** What a frame that waits takes beside its bytes: small ones are not for nothing. */
const PACKET_BYTES = 256

/**
 * Counts what waits for a peer that does not read as fast as it is sent to, and cuts it off when that is too
 * much: it catches up from the log when it comes back. One for each connection, from its beginning.
 */
export class Unread {
  private watchers: readonly ((hasGrown: boolean) => void)[] = []
  private readonly wire: Wire
  private readonly limitBytes: number
  private queued = 0
  private written = 0
  /** What went past engine.io and has not left. */
  private direct = 0

  constructor(conn: Socket['conn'], limitBytes: number) {
    const wire = conn.transport as unknown as Wire
    this.wire = wire
    this.limitBytes = limitBytes
    conn.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
      // Pings are text, and must not end a connection that is busy with one large frame.
      const size = ArrayBuffer.isView(data) ? data.byteLength + PACKET_BYTES : 0
      // One frame may be larger than the limit, as a snapshot can be; nothing may wait behind so much.
      // A polite close would wait for the peer to read.
      if (size > 0) this.admits()
      this.queued += size
      if (size > 0) this.changed(true)
    })
    conn.on('flush', () => {
      this.written += this.queued
      this.queued = 0
    })
    conn.on('close', (reason: string) => {
      // Whoever is dead takes no polite goodbye either, and what waits for it would be kept meanwhile.
      if (reason === 'ping timeout') wire.socket?.terminate?.()
    })
    // The last byte of what was flushed has left; what came meanwhile is flushed next.
    wire.on('drain', () => {
      this.written = 0
      // When what went past engine.io left, this may still have waited behind it.
      if (this.isEmpty) this.direct = 0
      this.changed(false)
    })
  }

  get bytes(): number {
    return this.queued + this.written + this.direct
  }

  /** False when too much waits already: then the connection ends. */
  admits(): boolean {
    if (this.bytes <= this.limitBytes) return true
    this.wire.socket?.terminate?.()
    return false
  }

  /** A frame of so many bytes was given to the WebSocket past engine.io, and waits there. */
  waitsDirectly(bytes: number): void {
    this.direct += bytes + PACKET_BYTES
    this.changed(true)
  }

  /** To be called when such a frame has left. */
  readonly onDirectlySent = (): void => {
    if (this.direct === 0 || !this.isEmpty) return
    this.direct = 0
    this.changed(false)
  }

  /** Calls when `bytes` has changed, until the function is called that it returns. */
  watch(watcher: (hasGrown: boolean) => void): () => void {
    this.watchers = [...this.watchers, watcher]
    return () => {
      this.watchers = this.watchers.filter((other) => other !== watcher)
    }
  }

  private get isEmpty(): boolean {
    return (this.wire.socket?.bufferedAmount ?? 0) === 0
  }

  private changed(hasGrown: boolean): void {
    for (const watcher of this.watchers) watcher(hasGrown)
  }
}
