import { counter, defineStreams, list, register, text } from '@flowsync/core'

export interface Task {
  text: string
  done: boolean
}

/** Names, rules and types of all that is shared: the hub, the server and browsers read this one file. */
export const streams = defineStreams({
  'doc:*': text(),
  'title:*': register<string>(),
  'votes:*': counter(),
  'tasks:*': list<Task>(),
})

declare module '@flowsync/core' {
  interface Register {
    streams: typeof streams
  }
}
