import { counter, log, set, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'

/** What hubs and clients of a chaos run share; hubs are given this module with `--streams`. */
export const streams = defineStreams({
  'doc:*': text(),
  'set:*': set<string>(),
  // Everything stays in sight: what is missing is missing.
  'log:*': log<string>({ window: Infinity }),
  'counter:*': counter(),
})
