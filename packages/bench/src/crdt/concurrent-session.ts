import type { ConcurrentSession, ConcurrentStep, Random } from '@flowsync/testkit/sessions'

/**
 * Makes a session of two people who type at once, each in bursts and each seeing the other's typing a little late.
 * Nobody deletes, so that the length of what each sees does not hang on how a library orders texts at one place.
 */
export function generateConcurrentSession(random: Random, count: number): ConcurrentSession {
  const steps: ConcurrentStep[] = []
  const typed: [number, number] = [0, 0]
  const seen: [number, number] = [0, 0]
  while (steps.length < count) {
    const agent = random.chance(0.5) ? 0 : 1
    const other = agent === 0 ? 1 : 0
    if (random.chance(0.7)) seen[agent] = random.between(seen[agent], typed[other])
    let caret = random.between(0, typed[agent] + seen[agent])
    for (let left = random.between(1, 12); left > 0 && steps.length < count; left--) {
      const insert = random.pick(LETTERS)
      steps.push({ agent, seenOfOther: seen[agent], edits: [{ position: caret++, deleteCount: 0, insert }] })
      typed[agent]++
    }
  }
  return { kind: 'concurrent', name: 'generated-concurrent', steps, endContent: '' }
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz  ']
