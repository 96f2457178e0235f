import { text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'

/** Where replays happen. */
export const REPLAY_WORKSPACE = 'replay'
/** The one text of a replay. */
export const REPLAY_STREAM = 'doc:session'
/** What the clients of a replay know; the hub has the same. */
export const replayStreams = defineStreams({ 'doc:*': text() })
