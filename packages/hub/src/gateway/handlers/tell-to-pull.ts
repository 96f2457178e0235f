import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

/** What a connection was told of a stream last. */
export interface Told {
  /** '' when it was told nothing yet. */
  readonly epoch: string
  readonly seq: number
}

export const TOLD_NOTHING: Told = { epoch: '', seq: 0 }

/**
 * Tells a connection that lost its feed for a while what it missed: of every stream that has moved on, the latest op.
 * The client sees the gap and pulls, at its own pace. Streams that did not move, as far as this hub knows, cost nothing.
 *
 * @param told what it was told last, by stream
 */
export async function tellToPull(
  connection: SessionConnection,
  session: Session,
  told: ReadonlyMap<string, Told>,
): Promise<void> {
  const { log } = connection.context
  for (const [stream, { epoch, seq }] of told) {
    await connection.mayRead()
    const opened = session.joined.get(stream)
    const isSameLog = opened?.epoch === epoch
    if (opened && isSameLog && opened.headSeq <= seq) continue
    const latest = await log.latestAbove({ workspace: session.workspace, stream }, isSameLog ? seq : 0)
    // It may have left, or may not read any longer.
    if (!latest || !session.joined.has(stream) || !session.canRead(stream)) continue
    connection.send({ type: 'feed', stream, epoch: latest.epoch, ops: [latest.op] })
  }
}
