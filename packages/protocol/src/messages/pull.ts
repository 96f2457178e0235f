import { epoch } from '../codec/ids.js'
import { defineMessage, requestId, seq, streamNameText, type MessageOf } from './message.js'

/** Asks for ops after a seq. Answered by `pulled`, or by `refused` with `stream/epoch-changed`. */
export const pull = defineMessage(0x05, 'pull', {
  id: requestId,
  stream: streamNameText,
  epoch,
  afterSeq: seq,
})

export type Pull = MessageOf<typeof pull>
