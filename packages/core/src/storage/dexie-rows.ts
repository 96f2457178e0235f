import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { decodeOps, decodeSequencedOps, encodeOps, encodeSequencedOps } from '@flowsync/protocol'
import type { OutboxEntry } from './driver.js'

/** What is known of a stream beside its ops. */
export interface StreamRow {
  readonly stream: string
  readonly epoch: string
  /** Of the checkpoint; 0 without one. */
  readonly seq: number
  readonly state: Uint8Array | undefined
}

/** Contiguous ops of a stream's tail. Key: stream, first, last. */
export interface TailRow {
  readonly stream: string
  readonly first: number
  readonly last: number
  readonly ops: Uint8Array
}

/** Ops of one replica in the outbox. Key: stream, replica, first. */
export interface OutboxRow {
  readonly stream: string
  readonly replica: ReplicaId
  /** Counter of the first op. */
  readonly first: number
  /** Counter of the last op. */
  readonly last: number
  readonly owner: ReplicaId
  readonly order: number
  /** The lowest seq that one of the ops was made on. */
  readonly minBase: number
  readonly ops: Uint8Array
}

/** Rows stay small, so that taking a part of one away stays cheap. */
const OPS_PER_ROW = 500
const BYTES_PER_ROW = 1024 * 1024
/** What is on disk was bounded when it came in. */
const NO_LIMITS = { frameBytes: Infinity, items: Infinity }

function* chunk<T extends Op>(ops: readonly T[]): Generator<readonly T[]> {
  let start = 0
  let bytes = 0
  for (const [index, { body }] of ops.entries()) {
    if (index > start && (index - start >= OPS_PER_ROW || bytes + body.length > BYTES_PER_ROW)) {
      yield ops.slice(start, index)
      start = index
      bytes = 0
    }
    bytes += body.length
  }
  if (start < ops.length) yield ops.slice(start)
}

/** Rows for contiguous ops of a stream. */
export function tailRows(stream: string, ops: readonly SequencedOp[]): TailRow[] {
  return [...chunk(ops)].map((part) => {
    const first = part[0]?.seq ?? 0
    return { stream, first, last: first + part.length - 1, ops: encodeSequencedOps(part) }
  })
}

/**
 * The ops that follow the checkpoint without a gap. Rows of two tabs may overlap.
 * @throws FlowSyncError `codec/malformed`
 */
export function tailOf(rows: readonly TailRow[], checkpointSeq: number): SequencedOp[] {
  const tail: SequencedOp[] = []
  let seq = checkpointSeq
  for (const row of [...rows].sort((a, b) => a.first - b.first)) {
    if (row.first > seq + 1) break
    if (row.last <= seq) continue
    for (const op of decodeSequencedOps(row.ops, NO_LIMITS)) {
      if (op.seq !== seq + 1) continue
      tail.push(op)
      seq = op.seq
    }
  }
  return tail
}

/** Rows for an outbox entry, all of its order. */
export function outboxRows({ stream, owner, order, ops }: OutboxEntry): OutboxRow[] {
  return [...chunk(ops)].flatMap((part) => {
    const [head] = part
    const tail = part.at(-1)
    if (!head || !tail) return []
    const minBase = part.reduce((min, { base }) => Math.min(min, base), head.base)
    const row = {
      stream,
      replica: head.replica,
      first: head.counter,
      last: tail.counter,
      owner,
      order,
      minBase,
    }
    return [{ ...row, ops: encodeOps(part) }]
  })
}

/** @throws FlowSyncError `codec/malformed` */
export function entryOf({ stream, owner, order, ops }: OutboxRow): OutboxEntry {
  return { stream, owner, order, ops: decodeOps(ops, NO_LIMITS) }
}
