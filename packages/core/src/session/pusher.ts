import { type FlowSyncError, type Op } from '@flowsync/crdt'
import { createError, type PushBatch } from '@flowsync/protocol'
import type { OutboxOp } from '../outbox/outbox.js'
import { acknowledgeOps } from '../stream/confirm.js'
import type { Line } from './line.js'
import type { LinkLimits } from './link.js'

/** Ops of one stream and replica that were sent together, as they stand in the outbox. */
export interface SentBatch {
  readonly line: Line
  readonly entries: readonly OutboxOp[]
}

/** What one `push` carries. */
export interface PushPlan {
  readonly sent: readonly SentBatch[]
  readonly batches: readonly PushBatch[]
}

/** Room for what a frame holds beside ops. */
const FRAME_RESERVE_BYTES = 1_024
const MAX_BATCHES = 1_024

/** Takes from the outboxes what is due, as much as one frame holds. Undefined when nothing is. */
export function planPush(lines: Iterable<Line>, limits: LinkLimits): PushPlan | undefined {
  const sent: SentBatch[] = []
  const room = { bytes: limits.frameBytes - FRAME_RESERVE_BYTES, ops: limits.opsPerPush }
  for (const line of lines) {
    if (sent.length >= MAX_BATCHES || room.ops <= 0) break
    if (mayPush(line)) takeFrom(line, room, limits, sent)
  }
  if (sent.length === 0) return undefined
  return {
    sent,
    batches: sent.map(({ line: { stream }, entries }) => ({
      stream: stream.name,
      epoch: stream.epoch,
      ops: entries.map(({ op }) => op),
    })),
  }
}

function mayPush({ phase, repair, stream, isSingle, inFlight }: Line): boolean {
  return (
    phase === 'open' &&
    !repair &&
    !stream.rebuild &&
    stream.carry === 'nothing' &&
    !(isSingle && inFlight > 0)
  )
}

interface Room {
  bytes: number
  ops: number
}

/** Adds batches of one stream: a new one whenever the replica changes, as only ops of one replica stand or fall together. */
function takeFrom(line: Line, room: Room, limits: LinkLimits, sent: SentBatch[]): void {
  const { stream, isSingle } = line
  const headBytes = 3 * stream.name.length + 32
  let batch: OutboxOp[] | undefined
  for (const entry of stream.outbox) {
    if (entry.isSent || entry.isAcked) continue
    // What was made later must not overtake it.
    if (!entry.isSaved || entry.refusal) break
    const bytes = sizeOf(entry.op)
    if (bytes + headBytes > limits.frameBytes - FRAME_RESERVE_BYTES) {
      stream.outbox.refuse(entry, tooLarge(bytes, limits.frameBytes))
      stream.carry = 'from-refused'
      line.repair = { afterMs: 0 }
      break
    }
    const startsBatch = batch?.[0]?.op.replica !== entry.op.replica
    room.bytes -= bytes + (startsBatch ? headBytes : 0)
    if (room.bytes < 0 || room.ops <= 0 || (startsBatch && sent.length >= MAX_BATCHES)) {
      room.ops = 0
      break
    }
    if (!batch || startsBatch) {
      sent.push({ line, entries: (batch = []) })
      line.inFlight++
    }
    batch.push(entry)
    entry.isSent = entry.wasSent = true
    room.ops--
    if (isSingle) break
  }
}

/** At most what an op takes on the wire. */
function sizeOf({ body, extra }: Op): number {
  return body.length + 48 + 24 * extra.length
}

function tooLarge(bytes: number, limitBytes: number): FlowSyncError {
  return createError(
    'op/too-large',
    `The edit takes ${bytes} bytes and the hub's limit for a frame is ${limitBytes}.`,
    {
      details: { bytes, limitBytes },
    },
  )
}

/** A batch is on the hub's disk, at these places. */
export function takeSeqs({ line, entries }: SentBatch, seqs: readonly number[]): void {
  line.inFlight--
  line.attempt = 0
  if (line.isSingle && !hasUnsent(line)) line.isSingle = false
  acknowledgeOps(line.stream, entries, seqs)
}

/** Nothing of a batch was stored. `backoffMs` is asked when it is worth trying again after a wait. */
export function takeRefusal(
  { line, entries }: SentBatch,
  error: FlowSyncError,
  backoffMs: () => number,
): void {
  line.inFlight--
  // The answers to what was sent behind a failed batch say nothing new: its counters are missing.
  if (line.repair) return
  line.repair = { afterMs: repairFailure(line, entries, error) ? backoffMs() : 0 }
}

function hasUnsent({ stream }: Line): boolean {
  for (const { isSent, isAcked } of stream.outbox) if (!isSent && !isAcked) return true
  return false
}

/** Decides what a refusal means for a stream. True when it is to be tried again after a wait. */
function repairFailure(line: Line, entries: readonly OutboxOp[], error: FlowSyncError): boolean {
  const { stream } = line
  const { code } = error
  // What the ops were made on is erased.
  if (code === 'stream/truncated') stream.carry = 'everything'
  // The handshake tells what the hub has; only when that does not help is there something to wait for.
  if (code.startsWith('stream/') || code === 'op/counter-gap' || code === 'op/unknown-base')
    return line.attempt++ > 0
  if (error.retryable || code.startsWith('auth/')) {
    stream.lastError = line.trouble = error
    return true
  }
  const isDenied = code === 'acl/denied'
  if (!isDenied && entries.length > 1) {
    // A batch stands or falls as one; who sends its ops one by one loses only the one that is refused.
    line.isSingle = true
    return false
  }
  if (isDenied) stream.access = 'read'
  for (const entry of isDenied ? [...stream.outbox] : entries) {
    if (!entry.isAcked && entry.isQueued) stream.outbox.refuse(entry, error)
  }
  stream.carry = 'from-refused'
  stream.lastError = error
  stream.changed()
  return false
}
