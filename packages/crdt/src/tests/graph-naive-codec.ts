import { FlowSyncError } from '../errors.js'
import { isReplicaId } from '../op.js'
import type { OpId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { countOf } from './graph-reference.js'
import type { GraphOp } from './graph-reference.js'

/** What the bytes of a naive document hold: an update has no base, a snapshot no ops. */
export interface NaiveState {
  readonly ops: readonly GraphOp[]
  readonly base?: { readonly text: string; readonly version: readonly OpId[] }
}

export function encodeNaive({ ops, base }: NaiveState): Uint8Array {
  const plain = ops.map(({ replica, counter, parents, patch }) => ({ replica, counter, parents, patch }))
  return new TextEncoder().encode(JSON.stringify({ ops: plain, base }))
}

/** @throws FlowSyncError with the given code for anything that {@link encodeNaive} does not make */
export function decodeNaive(bytes: Uint8Array, code: 'update/invalid' | 'state/invalid'): NaiveState {
  try {
    const state = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as NaiveState
    state.ops.forEach(checkOp)
    if (state.base) {
      state.base.version.forEach(checkId)
      checkText(state.base.text)
    }
    return state
  } catch (cause) {
    throw new FlowSyncError(code, 'Malformed bytes.', { cause })
  }
}

function checkOp(op: GraphOp): void {
  checkId(op)
  op.parents.forEach(checkId)
  checkPatch(op.patch)
  if (!Number.isSafeInteger(op.counter + countOf(op.patch))) throw new RangeError('Counters end.')
  const isAfterOwn = op.parents.some(({ replica }) => replica === op.replica) || op.counter === 1
  if (!isAfterOwn && op.parents.length === 0) throw new RangeError('An op follows nothing.')
}

function checkPatch({ position, deleteCount, insert }: TextDelta): void {
  if (![position, deleteCount].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError('Positions are whole numbers.')
  }
  checkText(insert)
}

function checkText(text: string): void {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text)) throw new RangeError('A text is well-formed.')
}

function checkId({ replica, counter }: OpId): void {
  if (!isReplicaId(replica) || !Number.isSafeInteger(counter) || counter < 1)
    throw new RangeError('No op id.')
}
