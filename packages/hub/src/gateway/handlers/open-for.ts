import type { OpenStream } from '../../log/open-stream.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

/**
 * Opens a stream for a session. One that is not there is created for those who may write it; for readers it is undefined,
 * or they could fill the storage with names.
 * @throws FlowSyncError `stream/*`, `storage/*`
 */
export async function openFor(
  { context }: SessionConnection,
  session: Session,
  stream: string,
): Promise<OpenStream | undefined> {
  const { registry } = context.log
  const key = { workspace: session.workspace, stream }
  return session.canWrite(stream) || (await registry.find(key)) ? registry.open(key) : undefined
}
