import type { Socket } from 'node:net'

/** Room for what surrounds `hello`, and for a refusal that says why when it is only somewhat too large. */
const SLACK = 2

/**
 * Ends a connection that sends more than a `hello` takes before it is known: a frame is buffered until it is whole, and
 * nobody unknown may make the hub hold one of full size. Returns what ends the watch.
 */
export function boundUnknown(socket: Socket, helloBytes: number): () => void {
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
