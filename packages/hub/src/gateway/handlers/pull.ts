import type { Pull } from '@flowsync/protocol'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

const PULL_BYTES = 1024 * 1024

/** @throws FlowSyncError `acl/denied`, `stream/*`, `storage/*` */
export async function pull(
  connection: SessionConnection,
  session: Session,
  { id, stream, epoch, afterSeq }: Pull,
): Promise<void> {
  const { log } = connection.context
  session.checkRead(stream)
  const opened = await log.registry.open({ workspace: session.workspace, stream })
  const { headSeq, ops } = await log.read(opened, epoch, afterSeq, PULL_BYTES)
  connection.send({ type: 'pulled', id, stream, epoch, headSeq, ops })
}
