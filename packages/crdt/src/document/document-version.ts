import type { OpId } from '../op.js'
import type { EventGraph } from '../sequence/event-graph.js'
import type { Frontier } from '../sequence/version.js'

/**
 * What a document holds, or held at some time: its newest ops, each named by the counter of its last unit.
 * With each of them it holds all that its author knew. Empty: nothing. Sorted by replica, then counter.
 */
export type DocumentVersion = readonly OpId[]

/** The ids of a frontier's units. */
export function versionOf(graph: EventGraph, frontier: Frontier): DocumentVersion {
  const ids = frontier.map((version): OpId => {
    const run = graph.runAt(version)
    const author = graph.authorOf(run)
    // An op that did not fit is named by its last counter.
    const offset = graph.isMisfit(run) ? graph.countersOf(run) - 1 : version - graph.startOf(run)
    const counter = graph.counterOf(run) + offset
    return { replica: graph.replicaOf(author), counter }
  })
  return ids.sort(compareIds)
}

/** Orders op ids by replica, then counter. */
export function compareIds(left: OpId, right: OpId): number {
  if (left.replica === right.replica) return left.counter - right.counter
  return left.replica < right.replica ? -1 : 1
}
