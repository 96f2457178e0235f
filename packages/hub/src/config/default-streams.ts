import { counter, list, log, map, register, set, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'

/** What a hub serves that was given no definitions: a pattern for each merge rule. */
export const defaultStreams = defineStreams({
  'doc:*': text(),
  'text:*': text(),
  'counter:*': counter(),
  'set:*': set(),
  'guests:*': set(),
  'list:*': list(),
  'log:*': log(),
  'chat:*': log(),
  'register:*': register(),
  'map:*': map(),
})
