import { isFlowSyncError } from '@flowsync/crdt'
import { inspect, isDeepStrictEqual } from 'node:util'

/** Deep equality that also compares the order of sets and maps, as a reader of the value sees it. */
export function sameValue(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(ordered(left), ordered(right))
}

function ordered(value: unknown): unknown {
  return value instanceof Set || value instanceof Map ? [...value] : value
}

/** True when two values hold identical items, so that a rule could have kept the reference. */
export function sameItems(left: unknown, right: unknown): boolean {
  const [first, second] = [ordered(left), ordered(right)]
  if (!Array.isArray(first) || !Array.isArray(second)) return Object.is(first, second)
  return first.length === second.length && first.every((item, index) => Object.is(item, second[index]))
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

/** Throws unless `holds`; the message says which law was broken and shows what was compared. */
export function demand(holds: boolean, law: string, ...shown: readonly unknown[]): asserts holds {
  if (holds) return
  throw new Error([law, ...shown.map(show)].join('\n  '))
}

function show(item: unknown): string {
  return item instanceof Uint8Array ? Buffer.from(item).toString('hex') : inspect(item, { depth: 6 })
}

/** True when `error` is FlowSync's and has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return isFlowSyncError(error) && error.code === code
}
