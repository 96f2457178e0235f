import { counter, log, register, set, text, type CounterRule } from '@flowsync/crdt'
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

const half = counter()
/** Counts only what is even. */
const otherCounter: CounterRule = {
  ...half,
  apply: (state, op) => (op.body % 2 === 0 ? half.apply(state, op) : []),
}

/** The same streams, but that a counter is another one. */
export const streamsThatFoldOtherwise = defineStreams({
  ...simulatedStreams.rules,
  'counter:*': otherCounter,
})
