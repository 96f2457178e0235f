import type { OpId } from '@flowsync/crdt'
import type { StreamKey } from '../driver.js'
import { findMarks, findOps } from './replica-places.js'
import type { Session } from './session.js'
import { findStreams } from './stream-table.js'

/** `LogDriver.findSeq`. */
export function findStoredSeq(
  session: Session,
  key: StreamKey,
  { replica, counter }: OpId,
  subject: string,
): Promise<number | undefined> {
  return session.look(async () => {
    const [stream] = await findStreams(session, [key])
    if (!stream) return undefined
    const wanted = { stream: stream.number, workspace: key.workspace, replica, counter }
    const [[mark], [op]] = await Promise.all([findMarks(session, [wanted]), findOps(session, [wanted])])
    if (!mark || Buffer.from(mark.subject).toString() !== subject) return undefined
    return op === 'truncated' ? stream.truncatedSeq : op?.seq
  })
}
