import type { Socket } from 'socket.io'

/** What of a Socket.io connection's inside tells how much it has not read yet. */
interface Wire {
  on(event: 'drain', listener: () => void): unknown
  readonly socket?: { terminate?(): void }
}

/** What a frame that waits takes beside its bytes: small ones are not for nothing. */
const PACKET_BYTES = 256

/**
 * Counts what waits for a peer that does not read as fast as it is sent to, and cuts it off when that is too
 * much: it catches up from the log when it comes back. One for each connection, from its beginning.
 */
export class Unread {
  private readonly watchers = new Set<() => void>()
  private queued = 0
  private written = 0

  constructor(conn: Socket['conn'], limitBytes: number) {
    const wire = conn.transport as unknown as Wire
    conn.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
      // Pings are text, and must not end a connection that is busy with one large frame.
      const size = ArrayBuffer.isView(data) ? data.byteLength + PACKET_BYTES : 0
      // One frame may be larger than the limit, as a snapshot can be; nothing may wait behind so much.
      // A polite close would wait for the peer to read.
      if (size > 0 && this.bytes > limitBytes) wire.socket?.terminate?.()
      this.queued += size
      this.changed()
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
      this.changed()
    })
  }

  get bytes(): number {
    return this.queued + this.written
  }

  /** Calls when `bytes` has changed, until the function is called that it returns. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher()
  }
}
