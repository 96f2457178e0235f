import { isDeepStrictEqual } from 'node:util'
import { Fold, type AnyMergeRule, type SequencedOp } from '@flowsync/crdt'
import { checkLedger } from './ledger.js'
import { checkDense, isSameBytes } from './log-checks.js'
import type { SimulatedStream } from './scenario.js'
import { simulatedStreams } from './streams.js'
import { show } from './workload.js'
import type { World } from './world.js'

/** A stream folded from its whole log by nobody but the check. */
interface Reference {
  readonly value: unknown
  readonly state: Uint8Array
  readonly seq: number
  /** By how much each op changed the value, for counters; empty for other rules. */
  readonly changes: readonly number[]
}

/** Compares everybody with the log, and the log with what was promised (G1, G2, G3). */
export function checkFinalState(world: World, streams: readonly SimulatedStream[]): void {
  for (const device of world.devices) device.checkTold()
  for (const stream of streams) {
    const ops = world.store.logOf(stream)
    for (const problem of checkDense(ops)) world.report(`G2: ${stream}: ${problem}`)
    const reference = foldLog(world, stream)
    const rule: AnyMergeRule = simulatedStreams.ruleFor(stream)
    // Deleting an element of a set names it too.
    const addsSomething = ({ body }: SequencedOp): boolean => {
      const decoded = rule.decodeBody(body)
      return !(typeof decoded === 'object' && decoded !== null && 'op' in decoded && decoded.op === 'delete')
    }
    const entries = world.ledger.all.filter((entry) => entry.stream === stream)
    for (const problem of checkLedger(entries, ops.filter(addsSomething), reference.changes, {
      isFinal: true,
      isForgotten: (seq, ackedSeq) => world.isForgotten(stream, seq, ackedSeq),
    }))
      world.report(`${stream}: ${problem}`)
    for (const device of world.devices) checkReplica(world, stream, device, reference)
  }
}

function foldLog(world: World, stream: SimulatedStream): Reference {
  const snapshots = world.store.snapshotsOf(stream)
  const rule: AnyMergeRule = simulatedStreams.ruleFor(stream)
  const fold = new Fold(rule)
  const changes: number[] = []
  for (const op of world.store.logOf(stream)) {
    const before = fold.value
    const received = fold.receive(op)
    if (received.kind !== 'applied')
      world.report(`G3: ${stream}: folding seq ${op.seq} of the log is "${received.kind}"`)
    if (typeof before === 'number') changes.push((fold.value as number) - before)
    const snapshot = snapshots.get(op.seq)
    if (snapshot && !isSameBytes(snapshot, fold.encodeState())) {
      world.report(`G3: ${stream}: the hub's snapshot at seq ${op.seq} differs from the fold of its log`)
    }
  }
  return { value: fold.value, state: fold.encodeState(), seq: fold.seq, changes }
}

function checkReplica(
  world: World,
  stream: SimulatedStream,
  device: World['devices'][number],
  reference: Reference,
): void {
  const where = `${device.name} ${stream}`
  const value = device.handleOf(stream)?.value
  if (!isDeepStrictEqual(value, reference.value)) {
    world.report(`G3: ${where} shows ${show(value)} instead of ${show(reference.value)}`)
  }
  const state = device.client?.dehydrate([stream]).streams[0]
  if (!state) {
    world.report(`G3: ${where} has no confirmed state`)
  } else if (!isSameBytes(Buffer.from(state.state, 'base64'), reference.state)) {
    world.report(
      `G3: ${where}: the encoded state at seq ${state.seq} differs from the fold of the log at ${reference.seq}`,
    )
  }
}
