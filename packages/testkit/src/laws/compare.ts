import { isFlowSyncError } from '@flowsync/crdt'
import { isDeepStrictEqual } from 'node:util'

/** Deep equality that also compares the order of sets and maps, as a reader of the value sees it. */
export function sameValue(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(ordered(left), ordered(right))
}

function ordered(value: unknown): unknown {
  return value instanceof Set || value instanceof Map ? [...value] : value
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
  if (item instanceof Uint8Array) return Buffer.from(item).toString('hex')
  if (item instanceof Set) return `Set ${show([...(item as ReadonlySet<unknown>)])}`
  if (item instanceof Error) return `${item.name} ${'code' in item ? String(item.code) : ''} ${item.message}`
  return JSON.stringify(item) ?? String(item)
}

/** True when `error` is FlowSync's and has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return isFlowSyncError(error) && error.code === code
}
