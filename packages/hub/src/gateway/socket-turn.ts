import type { Socket } from 'node:net'

/**
 * Gathers what one turn of the event loop writes to a socket into one system call: a commit answers many pushes of a
 * client at once. Call what it returns before each write.
 */
export function gatherWrites(socket: Pick<Socket, 'cork' | 'uncork'>): () => void {
  let isGathering = false
  const release = (): void => {
    isGathering = false
    socket.uncork()
  }
  return () => {
    if (isGathering) return
    isGathering = true
    socket.cork()
    process.nextTick(release)
  }
}

/**
 * Gathers what is written to a socket until the promises that are settled already have gone their way: engine.io
 * greets a new WebSocket behind one of them, and the answer to the handshake leaves with that greeting.
 */
export function gatherHandshake(socket: Pick<Socket, 'cork' | 'uncork'>): void {
  socket.cork()
  queueMicrotask(() => process.nextTick(() => socket.uncork()))
}
