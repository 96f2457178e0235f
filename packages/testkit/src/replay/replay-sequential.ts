import { LatencyRecorder } from './latency.js'
import type { ReplicaClient } from './replica-client.js'
import type { RunPlan } from './run-plan.js'
import type { SequentialSession } from './session.js'
import { TypingWindow } from './typing-window.js'

/** Edits typed in one turn of the event loop. */
const BATCH_EDITS = 50
/** Edits that may wait for the hub while the typist is online: it types as fast as the hub takes it, and no faster. */
const WINDOW_EDITS = 2_000

export interface SequentialReplay {
  readonly session: SequentialSession
  readonly clients: readonly ReplicaClient[]
  readonly plan: RunPlan
  readonly killHub: () => void
  readonly latency: LatencyRecorder
  readonly onTyped: (edits: number) => void
}

/** Client 0 types the session in batches while clients go offline and come back, and the hub is killed, as planned. */
export async function replaySequential(replay: SequentialReplay): Promise<void> {
  const { session, clients, plan, killHub, latency, onTyped } = replay
  const [typist] = clients
  if (!typist) throw new RangeError('A replay needs a client.')
  const window = new TypingWindow(WINDOW_EDITS)
  const kills = [...plan.killsAt]

  for (const [index, edit] of session.edits.entries()) {
    if (index % plan.stretchEdits === 0) {
      const offline = plan.offline[index / plan.stretchEdits] ?? []
      for (const [number, client] of clients.entries()) client.setOnline(offline[number] !== true)
    }
    while (kills[0] === index) {
      kills.shift()
      killHub()
    }

    const isMeasured = typist.isMeantToBeOnline
    const typedAtMs = performance.now()
    window.enter()
    typist.type(edit).acked.then(
      () => {
        if (isMeasured) latency.add(performance.now() - typedAtMs)
        window.leave()
      },
      () => window.leave(),
    )
    if ((index + 1) % BATCH_EDITS > 0) continue
    onTyped(index + 1)
    await new Promise((resolve) => setImmediate(resolve))
    if (typist.isMeantToBeOnline) await window.room()
  }
  onTyped(session.edits.length)
}
