import { GraphSession } from './graph-session.js'
import type { GraphScript, GraphStep } from './graph-steps.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** A script that fails, and the calls that it made until then. */
export interface Failure {
  readonly script: GraphScript
  readonly calls: readonly string[]
  readonly cause: unknown
}

const MAX_ATTEMPTS = 2000

/** The failure of a script, or undefined. */
export function failureOf<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  script: GraphScript,
): Failure | undefined {
  const session = new GraphSession(subject, script.peers)
  try {
    session.run(script.steps)
    return undefined
  } catch (cause) {
    return { script, calls: session.calls, cause }
  }
}

/** Leaves out steps and simplifies others for as long as a script still fails, in any way. */
export function shrink<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  failing: Failure,
): Failure {
  let best = failing
  let attempts = 0
  const attempt = (script: GraphScript): boolean => {
    if (++attempts > MAX_ATTEMPTS) return false
    const failure = failureOf(subject, script)
    if (failure) best = failure
    return failure !== undefined
  }

  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (let size = Math.ceil(best.script.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < best.script.steps.length;) {
        const { peers, steps } = best.script
        if (attempt({ peers, steps: steps.toSpliced(at, size) })) isSmaller = true
        else at += size
      }
    }
    for (let at = 0; at < best.script.steps.length; at++) {
      for (const simpler of simplerOnes(best.script.steps[at])) {
        const { peers, steps } = best.script
        if (attempt({ peers, steps: steps.with(at, simpler) })) isSmaller = true
      }
    }
  }
  return best
}

function simplerOnes(step: GraphStep | undefined): readonly GraphStep[] {
  if (step?.do === 'forge' && step.edits.length > 1) {
    return step.edits.map((_, index) => ({ ...step, edits: step.edits.toSpliced(index, 1) }))
  }
  if (step?.do !== 'edit') return []
  const simpler: GraphStep[] = []
  if (step.insert.length > 1)
    simpler.push({ ...step, insert: 'a' }, { ...step, insert: step.insert.slice(0, 2) })
  if (step.remove > 1) simpler.push({ ...step, remove: 1 }, { ...step, remove: 2 })
  if (step.remove > 0 && step.insert !== '') simpler.push({ ...step, remove: 0 })
  if (step.at !== 0) simpler.push({ ...step, at: 0 })
  if (typeof step.at === 'number' && step.at > 1) simpler.push({ ...step, at: Math.floor(step.at / 2) })
  if (step.stay) simpler.push({ ...step, stay: false })
  return simpler
}
