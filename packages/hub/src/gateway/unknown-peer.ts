import type { Socket } from 'socket.io'

/** Room for what surrounds `hello`, and for a refusal that says why when it is only somewhat too large. */
const SLACK = 2

/**
 * Ends a connection that sends more than a `hello` takes before it is known: a frame is buffered until it is whole, and
 * nobody unknown may make the hub hold one of full size. Returns what ends the watch.
 */
export function boundUnknown(conn: Socket['conn'], helloBytes: number): () => void {
  const { socket } = conn.request
  let bytes = 0
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length
    if (bytes > helloBytes * SLACK) socket.destroy()
  }
  socket.on('data', count)
  return () => {
    socket.off('data', count)
  }
}
