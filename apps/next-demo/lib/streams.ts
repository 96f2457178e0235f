import { counter, defineStreams, log, set, text } from '@flowsync/core'
import * as v from 'valibot'

const messageSchema = v.object({
  author: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(2000)),
  sentAtMs: v.number(),
})

export type Message = v.InferOutput<typeof messageSchema>

/** Names, rules and types of everything that is shared: the hub, server components and browsers read this one file. */
export const streams = defineStreams({
  'doc:*': text(),
  'counter:*': counter(),
  'guests:*': set<string>(),
  'chat:*': log<Message>({ schema: messageSchema, window: 200 }),
})

declare module '@flowsync/core' {
  interface Register {
    streams: typeof streams
  }
}
