import type { Pull } from '@flowsync/protocol'
import { ABSENT_EPOCH, NOTHING } from '../../log/absent-stream.js'
import { epochChanged } from '../../storage/plan-append.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'
import { openFor } from './open-for.js'

const PULL_BYTES = 1024 * 1024

/** @throws FlowSyncError `acl/denied`, `stream/*`, `storage/*` */
export async function pull(
  connection: SessionConnection,
  session: Session,
  { id, stream, epoch, afterSeq }: Pull,
): Promise<void> {
  const { log } = connection.context
  session.checkRead(stream)
  const opened = await openFor(connection, session, stream)
  if (!opened && epoch !== ABSENT_EPOCH) throw epochChanged(stream, ABSENT_EPOCH)
  const { headSeq, ops } = opened ? await log.read(opened, epoch, afterSeq, PULL_BYTES) : NOTHING
  connection.send({ type: 'pulled', id, stream, epoch, headSeq, ops })
}
