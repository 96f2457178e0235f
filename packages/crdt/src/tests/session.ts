import { Fold } from '../fold.js'
import type { SequencedOp, ReplicaId } from '../op.js'
import type { MergeRule } from '../rule.js'

/** Clients of one stream and the hub between them, for tests that tell a story. */
export interface Session<Value, Intent> {
  /** A client does something, offline. */
  edit(client: number, intent: Intent, nowMs?: number): void
  /** The hub places all that these clients have made and it has not placed yet, in this order. */
  send(...clients: readonly number[]): void
  /** These clients fold all that the hub has placed; all clients when none is named. */
  pull(...clients: readonly number[]): void
  value(client: number): Value
  /** The encoded state of a client without pending ops. */
  state(client: number): Uint8Array
  /** The body of the last op that was made. */
  readonly lastBody: Uint8Array
}

/** @param count how many clients there are */
export function createSession<Value, Intent, Body, State, Delta>(
  rule: MergeRule<Value, Intent, Body, State, Delta>,
  count: number,
): Session<Value, Intent> {
  const log: SequencedOp[] = []
  const clients = Array.from({ length: count }, (_, index) => ({
    fold: new Fold(rule),
    replica: String(index).repeat(32) as ReplicaId,
    counter: 1,
    sent: 0,
  }))
  const client = (index: number) => {
    const found = clients[index]
    if (!found) throw new Error(`there is no client ${index}`)
    return found
  }
  let lastBody = new Uint8Array()

  return {
    edit(index, intent, nowMs = 0) {
      const own = client(index)
      const prepared = own.fold.prepare(intent, { replica: own.replica, counter: own.counter, nowMs })
      if (!prepared) return
      own.counter += prepared.op.count
      lastBody = prepared.op.body.slice()
    },
    send(...indices) {
      for (const index of indices) {
        const own = client(index)
        for (const { op } of own.fold.pending) {
          if (op.counter > own.sent) log.push({ ...op, seq: log.length + 1 })
          own.sent = Math.max(own.sent, op.counter)
        }
      }
    },
    pull(...indices) {
      for (const { fold } of indices.length === 0 ? clients : indices.map(client)) {
        for (const op of log.slice(fold.seq)) fold.receive(op)
      }
    },
    value: (index) => client(index).fold.value,
    state: (index) => client(index).fold.encodeState(),
    get lastBody() {
      return lastBody
    },
  }
}
