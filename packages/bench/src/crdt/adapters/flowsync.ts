import { counter, Fold, isReplicaId, type CounterIntent, type ReplicaId } from '@flowsync/crdt'
import type { CounterPeer, Peer, ReplicaName } from '../peer.js'

/** A fold with the counters of its own replica. */
class Writer<Value, Intent, Body, State, Delta> {
  readonly fold: Fold<Value, Intent, Body, State, Delta>
  private readonly replica: ReplicaId
  private counter = 1

  constructor(fold: Fold<Value, Intent, Body, State, Delta>, name: ReplicaName) {
    this.fold = fold
    this.replica = replicaOf(name)
  }

  push(intent: Intent) {
    const prepared = this.fold.prepare(intent, { replica: this.replica, counter: this.counter, nowMs: 0 })
    if (!prepared) throw new Error('an intent that changes nothing')
    this.counter += prepared.op.count
    return prepared.op
  }
}

function replicaOf({ hex }: ReplicaName): ReplicaId {
  if (!isReplicaId(hex)) throw new Error(`${hex} is no replica id`)
  return hex
}

const INCREMENT: CounterIntent = { op: 'increment' }

const counterPeer: CounterPeer<{
  push(intent: CounterIntent): unknown
  readonly fold: { readonly value: number }
}> = {
  create: (name) => new Writer(new Fold(counter()), name),
  increment: (writer) => void writer.push(INCREMENT),
  value: ({ fold }) => fold.value,
}

export const peer: Peer = {
  counter: counterPeer,
  lacks: { text: 'to come', map: 'to come', list: 'to come' },
}
