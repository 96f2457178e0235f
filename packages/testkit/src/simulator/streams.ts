import { counter, log, register, set, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'

/** The one workspace of a simulated run. */
export const WORKSPACE = 'sim'

/** One pattern for each rule and each of its variants. */
export const simulatedStreams = defineStreams({
  'doc:*': text(),
  'counter:*': counter(),
  'tags:*': set<string>(),
  'once:*': set<string>({ twoPhase: true }),
  'title:*': register<string>(),
  'siblings:*': register<string>({ multi: true }),
  'chat:*': log<string>(),
})

/** The same, but that counters count only what is even. */
export const streamsThatFoldOtherwise = defineStreams({
  ...simulatedStreams.rules,
  'counter:*': { ...counter(), apply: (state, op) => (op.body % 2 === 0 ? counter().apply(state, op) : []) },
} as typeof simulatedStreams.rules)
