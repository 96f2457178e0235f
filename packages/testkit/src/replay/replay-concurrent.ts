import type { Horizon } from './horizon.js'
import type { LatencyRecorder } from './latency.js'
import type { ReplicaClient } from './replica-client.js'
import type { RunPlan } from './run-plan.js'
import type { ConcurrentSession } from './session.js'

/** Steps after which the event loop gets a turn even if nobody waits for anybody. */
const BATCH_STEPS = 50

/** One of the two who type: a client, what it is allowed to see, and what became of its steps. */
interface Agent {
  readonly client: ReplicaClient
  readonly horizon: Horizon
  /** For each step typed: resolves with the seq of its last edit. */
  readonly placed: Promise<number>[]
  /** How many steps of the other it has seen. */
  seen: number
}

export interface ConcurrentReplay {
  readonly session: ConcurrentSession
  /** The first two type, each with its horizon. */
  readonly clients: readonly ReplicaClient[]
  readonly horizons: readonly [Horizon, Horizon]
  readonly plan: RunPlan
  readonly latency: LatencyRecorder
  readonly onTyped: (edits: number) => void
}

/**
 * Two clients type what two people typed at once, each step on exactly the text its author saw: the hub's single order
 * cut off at the last step of the other that the author had seen. Those two stay online; who follows may go offline.
 */
export async function replayConcurrent(replay: ConcurrentReplay): Promise<void> {
  const { session, clients, horizons, plan, latency, onTyped } = replay
  const agents = horizons.map((horizon, number): Agent => {
    const client = clients[number]
    if (!client) throw new RangeError('A concurrent session needs two clients.')
    return { client, horizon, placed: [], seen: 0 }
  })
  let typed = 0

  for (const [index, step] of session.steps.entries()) {
    const author = agents[step.agent]
    const other = agents[1 - step.agent]
    if (!author || !other) throw new RangeError('A step has no agent.')
    if (step.seenOfOther > author.seen) await showTo(author, other, step.seenOfOther)

    let placed = Promise.resolve(0)
    for (const edit of step.edits) {
      if (typed % plan.stretchEdits === 0) {
        const offline = plan.offline[typed / plan.stretchEdits] ?? []
        for (const [number, client] of clients.entries()) client.setOnline(offline[number] !== true)
      }
      const typedAtMs = performance.now()
      const { acked } = author.client.type(edit)
      placed = acked.then(({ seq }) => {
        latency.add(performance.now() - typedAtMs)
        return seq
      })
      // Whoever needs the step awaits it; nobody may.
      placed.catch(() => undefined)
      typed++
    }
    author.placed.push(placed)
    if (index % BATCH_STEPS === 0) {
      onTyped(typed)
      await nextTurn()
    }
  }
  onTyped(typed)
  await Promise.all(agents.flatMap(({ placed }) => placed))
  for (const { horizon } of agents) horizon.moveTo(Number.POSITIVE_INFINITY)
}

async function showTo(author: Agent, other: Agent, steps: number): Promise<void> {
  author.horizon.moveTo((await other.placed[steps - 1]) ?? 0)
  await author.horizon.whenShown()
  // Shown is not folded: the client may be fetching older history first.
  await author.client.whenSent()
  author.seen = steps
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
