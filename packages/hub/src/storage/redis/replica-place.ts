import { createError } from '@flowsync/protocol'
import type { ReplicaPlace } from '../cached-stream.js'

/** A place as it is stored, with the counter below which the replica's ops are truncated. */
export interface StoredPlace extends Omit<ReplicaPlace, 'number'> {
  readonly truncatedCounter: number
}

/** Next counter, seq of the latest mark, ops since that mark, first counter that is not truncated. */
export function formatPlace({ nextCounter, markSeq, opsSinceMark, truncatedCounter }: StoredPlace): string {
  return `${nextCounter} ${markSeq} ${opsSinceMark} ${truncatedCounter}`
}

/** @throws FlowSyncError `storage/corrupt` */
export function parsePlace(text: string): StoredPlace {
  const [nextCounter, markSeq, opsSinceMark, truncatedCounter] = text.split(' ').map(Number)
  if (!isCount(nextCounter) || !isCount(markSeq) || !isCount(opsSinceMark) || !isCount(truncatedCounter)) {
    throw createError('storage/corrupt', `"${text}" is not the place of a replica.`)
  }
  return { nextCounter, markSeq, opsSinceMark, truncatedCounter }
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value)
}
