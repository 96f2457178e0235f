import { FlowSyncError } from '@flowsync/crdt'
import type { ConcurrentStep } from './session.js'

/** A transaction of a concurrent recording; positions count code points. */
export interface RecordedTransaction {
  readonly agent: number
  /** Indexes of earlier transactions, of which its author saw the merge. */
  readonly parents: readonly number[]
  readonly patches: readonly (readonly [position: number, deleted: number, inserted: string])[]
}

/**
 * Works out how much of the other's typing each step's author had seen.
 *
 * With two agents that each saw their own work, a version is two counts. With more, the hub's single order cannot
 * show each client what it had seen and nothing else, so such recordings are refused.
 *
 * @throws FlowSyncError `config/invalid` for more than two agents, an agent that did not see its own work, or
 *   characters above U+FFFF (their code point positions depend on a merge that is not known yet)
 */
export function orderConcurrentSteps(transactions: readonly RecordedTransaction[]): ConcurrentStep[] {
  /** For each transaction: how many of agent 0 and agent 1 it and its past hold. */
  const versions: [number, number][] = []
  const typed: [number, number] = [0, 0]

  return transactions.map(({ agent, parents, patches }, index) => {
    if (agent !== 0 && agent !== 1) throw unsupported('it has more than two agents')
    const seen: [number, number] = [0, 0]
    for (const parent of parents) {
      const version = parent < index ? versions[parent] : undefined
      if (!version) throw unsupported(`transaction ${index} has a parent that does not come before it`)
      seen[0] = Math.max(seen[0], version[0])
      seen[1] = Math.max(seen[1], version[1])
    }
    if (seen[agent] !== typed[agent])
      throw unsupported(`the author of transaction ${index} had not seen its own work`)

    typed[agent]++
    versions.push(agent === 0 ? [seen[0] + 1, seen[1]] : [seen[0], seen[1] + 1])
    const edits = patches.map(([position, deleteCount, insert]) => {
      if (/[\ud800-\udfff]/.test(insert)) throw unsupported('it holds characters above U+FFFF')
      return { position, deleteCount, insert }
    })
    return { agent, seenOfOther: agent === 0 ? seen[1] : seen[0], edits }
  })
}

function unsupported(why: string): FlowSyncError {
  return new FlowSyncError('config/invalid', `This concurrent session cannot be replayed: ${why}.`)
}
