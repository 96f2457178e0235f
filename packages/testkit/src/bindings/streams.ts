import { log, register, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'

/** The streams of the binding suite. Bindings register them in their tests, to prove the types as well. */
export const bindingStreams = defineStreams({
  'doc:*': text(),
  'title:*': register<string>(),
  'notes:*': log<{ title: string; tags: string[] }>(),
})

export type BindingStreams = typeof bindingStreams
