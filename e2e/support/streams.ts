import { counter, defineStreams, list, register, text } from '@flowsync/core'

/** What the applications of `e2e/apps` share, for the hub and for those who test them. */
export const streams = defineStreams({
  'doc:*': text(),
  'title:*': register<string>(),
  'votes:*': counter(),
  'tasks:*': list<{ text: string; done: boolean }>(),
})
