import type { FeedNotice } from './broadcast.js'

/** A notice as the arguments of a Socket.io event. Text where the adapter writes JSON, which has no bytes. */
export function argsOfNotice(notice: FeedNotice, isText: boolean): unknown[] {
  const { workspace, stream, epoch, seq, frame } = notice
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  return [workspace, stream, epoch, seq, isText ? bytes.toString('base64') : bytes]
}

/** What {@link argsOfNotice} made; undefined for anything else, as a hub of another version may send. */
export function noticeOfArgs(args: readonly unknown[]): FeedNotice | undefined {
  const [workspace, stream, epoch, seq, body] = args
  if (typeof workspace !== 'string' || typeof stream !== 'string' || typeof epoch !== 'string')
    return undefined
  // A seq that no log has would be taken for its head.
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return undefined
  const frame = typeof body === 'string' ? Buffer.from(body, 'base64') : body
  return frame instanceof Uint8Array ? { workspace, stream, epoch, seq, frame } : undefined
}
