import { createRandom } from '../simulator/random.js'

/** What happens to clients and hub while a session is typed, by the number of edits typed. */
export interface RunPlan {
  /** Edits between two decisions about who is offline. */
  readonly stretchEdits: number
  /** For each stretch, for each client: whether it is offline. */
  readonly offline: readonly (readonly boolean[])[]
  /** Before which edits the hub is killed, ascending. */
  readonly killsAt: readonly number[]
  /** How many times a client goes offline. */
  readonly offlineSpells: number
}

export interface RunPlanOptions {
  readonly editCount: number
  readonly clients: number
  /** Probability that a client is offline during a stretch. */
  readonly offline: number
  readonly kills: number
  /** How many of the first clients are never offline. Default 0. */
  readonly alwaysOnline?: number
  readonly seed: string | number
}

const STRETCHES = 40

/** Draws the plan of a replay. The first and the last stretch have everybody online, so that each run shows both. */
export function createRunPlan(options: RunPlanOptions): RunPlan {
  const { editCount, clients, offline, kills, alwaysOnline = 0, seed } = options
  const random = createRandom(`replay/${seed}`)
  const spells = random.fork('offline')
  const stretchEdits = Math.max(1, Math.ceil(editCount / STRETCHES))
  const stretchCount = Math.ceil(editCount / stretchEdits)

  const plan = Array.from({ length: stretchCount }, (_, stretch) =>
    Array.from({ length: clients }, (__, client) => {
      const isDrawn = spells.chance(offline)
      return isDrawn && client >= alwaysOnline && stretch > 0 && stretch < stretchCount - 1
    }),
  )
  const offlineSpells = plan.reduce(
    (sum, now, stretch) =>
      sum + now.filter((isOffline, client) => isOffline && !plan[stretch - 1]?.[client]).length,
    0,
  )

  const moments = random.fork('kills')
  const killsAt = Array.from({ length: kills }, () => Math.floor(editCount * (0.05 + 0.9 * moments.next())))
  return { stretchEdits, offline: plan, killsAt: killsAt.sort((a, b) => a - b), offlineSpells }
}
