import { counter, type Op } from '@flowsync/crdt'
import { replica } from './engine-world.js'

export const counterRule = counter()

/** An increment of the counter rule by an amount that no other author and counter has. */
export function increment(author: number, at: number): Op {
  const intent = counterRule.actions.increment(author * 1_000_000 + at)
  const stamp = { replica: replica(author), counter: at, nowMs: 0 }
  const body = counterRule.prepare(counterRule.create(), intent, stamp)
  if (body === undefined) throw new Error('unreachable')
  return {
    replica: stamp.replica,
    counter: at,
    count: 1,
    base: 0,
    extra: [],
    body: counterRule.encodeBody(body),
  }
}
