import { Random } from './random.js'
import { failureOf, shrink } from './graph-shrink.js'
import { makeScript } from './graph-steps.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** Plays one made-up session. A failure is made small and told as a list of calls. */
export function playSeed<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  seed: number,
  minSteps: number,
  moreSteps: number,
): void {
  const failure = failureOf(subject, makeScript(new Random(seed), minSteps, moreSteps))
  if (!failure) return
  const { calls, cause } = shrink(subject, failure)
  const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
  throw new Error(
    `The session of seed ${seed} fails (${again}): ${String(failure.cause)}\nAs small as it gets: ${String(cause)}\n${calls.join('\n')}`,
    { cause },
  )
}
