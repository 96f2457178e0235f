import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

/**
 * Tells a connection that lost its feed for a while what it missed: of every stream that has moved on, the latest op.
 * The client sees the gap and pulls, at its own pace. Streams that did not move cost one look at the storage.
 *
 * @param told what it was told last, by stream
 */
export async function tellToPull(
  connection: SessionConnection,
  session: Session,
  told: ReadonlyMap<string, number>,
): Promise<void> {
  const { log } = connection.context
  for (const [stream, seq] of told) {
    await connection.mayRead()
    const latest = await log.latestAbove({ workspace: session.workspace, stream }, seq)
    // It may have left, or may not read any longer.
    if (!latest || !session.joined.has(stream) || !session.canRead(stream)) continue
    connection.send({ type: 'feed', stream, epoch: latest.epoch, ops: [latest.op] })
  }
}
