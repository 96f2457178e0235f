import { Random } from './random.js'
import { failureOf, shrink } from './graph-shrink.js'
import type { Failure } from './graph-shrink.js'
import type { GraphScript } from './graph-steps.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** Plays a made-up session for each of some seeds. A failure is made small and told as a list of calls. */
export function playSeeds<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  first: number,
  count: number,
  make: (random: Random) => GraphScript,
): void {
  for (let seed = first; seed < first + count; seed++) {
    const failure = failureOf(subject, make(new Random(seed)))
    if (failure) throw told(seed, failure, shrink(subject, failure))
  }
}

function told(seed: number, failure: Failure, { calls, cause }: Failure): Error {
  const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
  const small = `As small as it gets: ${String(cause)}\n${calls.join('\n')}`
  return new Error(`The session of seed ${seed} fails (${again}): ${String(failure.cause)}\n${small}`, {
    cause,
  })
}
