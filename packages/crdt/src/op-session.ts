import { ByteReader, ByteWriter, malformed } from './bytes.js'
import { decodeWith, readCount, readReplica, writeReplica } from './codec.js'
import type { Op, OpId, ReplicaId } from './op.js'

/*
 * One op, as a difference to those that the session has had:
 *
 *   u8       flags, below; bits 5-7: how many bytes the body shares with the beginning of the body before it
 *   varint   unless SAME_REPLICA: number of the replica, in the order in which they came
 *   16 bytes the replica id, if that number is new
 *   varint   unless NEXT_COUNTER: counter
 *   varint   unless COUNT_1: count
 *   varint   unless BASE_GOES_ON: the base, less what it was expected to be; signs take the lowest bit
 *   varint   if HAS_EXTRA: how many ids; for each its replica as above, and its counter
 *   varint   if bits 5-7 are all set: shared bytes less 7
 *   …        the rest of the body
 *
 * The base is expected to grow as it last grew: not at all, or by one with each op.
 */
const SAME_REPLICA = 1
const NEXT_COUNTER = 2
const COUNT_1 = 4
const BASE_GOES_ON = 8
const HAS_EXTRA = 16
const SHARED_SHIFT = 5
const MANY_SHARED = 7
/** More is not shared, so that few bytes cannot stand for a long body. */
const MAX_SHARED = 64
const MAX_COUNTER = 2 ** 48

/** What both ends of a session know after the same ops. */
class OpHistory {
  readonly replicas: ReplicaId[] = []
  readonly numbers = new Map<ReplicaId, number>()
  /** By number of the replica, the counter of its next op. */
  readonly nextCounters: number[] = []
  replica = -1
  base = 0
  step = 0
  body: Uint8Array = new Uint8Array()

  /** The number of a replica, or that of the next one. */
  numberOf(replica: ReplicaId): number {
    if (this.replicas[this.replica] === replica) return this.replica
    return this.numbers.get(replica) ?? this.replicas.length
  }

  introduce(replica: ReplicaId): void {
    this.numbers.set(replica, this.replicas.length)
    this.replicas.push(replica)
    this.nextCounters.push(1)
  }

  note(replica: number, { counter, count, base, body }: Op): void {
    this.replica = replica
    this.nextCounters[replica] = counter + count
    this.step = base - this.base
    this.base = base
    this.body = body
  }
}

/**
 * Turns ops into few bytes each, one after the other, for one {@link OpDecoder} that gets all of them in
 * this order: one pair for each stream and direction of a connection, made anew with it. Counting up takes
 * one byte, typing three or four, and a replica id is sent once.
 */
export class OpEncoder {
  private readonly history = new OpHistory()
  private readonly writer = new ByteWriter(256)

  /** The bytes of the next op of the session; valid for an op without a place, or in the hub's order. */
  encode(op: Op): Uint8Array {
    const { history, writer } = this
    const { replica, counter, count, base, extra, body } = op
    const number = history.numberOf(replica)
    const expected = history.base + history.step
    const shared = sharedBytes(history.body, body)
    writer.clear()
    writer.u8(
      (number === history.replica ? SAME_REPLICA : 0) +
        (counter === (history.nextCounters[number] ?? 1) ? NEXT_COUNTER : 0) +
        (count === 1 ? COUNT_1 : 0) +
        (base === expected ? BASE_GOES_ON : 0) +
        (extra.length > 0 ? HAS_EXTRA : 0) +
        (Math.min(shared, MANY_SHARED) << SHARED_SHIFT),
    )
    if (number !== history.replica) this.writeReplica(replica, number)
    if (counter !== history.nextCounters[number]) writer.varint(counter)
    if (count !== 1) writer.varint(count)
    if (base !== expected) writer.varint(base > expected ? 2 * (base - expected) : 2 * (expected - base) - 1)
    if (extra.length > 0) this.writeIds(extra)
    if (shared >= MANY_SHARED) writer.varint(shared - MANY_SHARED)
    for (let index = shared; index < body.length; index++) writer.u8(body[index] ?? 0)
    history.note(number, op)
    return writer.finish()
  }

  private writeReplica(replica: ReplicaId, number: number): void {
    this.writer.varint(number)
    if (number < this.history.replicas.length) return
    writeReplica(this.writer, replica)
    this.history.introduce(replica)
  }

  private writeIds(ids: readonly OpId[]): void {
    this.writer.varint(ids.length)
    for (const { replica, counter } of ids) {
      this.writeReplica(replica, this.history.numberOf(replica))
      this.writer.varint(counter)
    }
  }
}

/** Reads what one {@link OpEncoder} wrote, all of it and in its order. */
export class OpDecoder {
  private readonly history = new OpHistory()

  /**
   * The next op of the session. Its body shares no memory with `bytes`.
   * @throws FlowSyncError `op/invalid` for any bytes that the encoder does not make of an op. The session cannot
   *   go on then: what follows was written as a difference to an op that is not there.
   */
  decode(bytes: Uint8Array): Op {
    return decodeWith('op/invalid', bytes, this.read)
  }

  private readonly read = (reader: ByteReader): Op => {
    const { history } = this
    const flags = reader.u8()
    const isSame = (flags & SAME_REPLICA) !== 0
    const isNext = (flags & NEXT_COUNTER) !== 0
    const isOne = (flags & COUNT_1) !== 0
    const goesOn = (flags & BASE_GOES_ON) !== 0
    const former = history.replica
    const number = isSame ? former : this.readReplica(reader)
    const replica = history.replicas[number]
    if (replica === undefined) throw malformed('a replica that was not introduced')
    const next = history.nextCounters[number] ?? 1
    const counter = isNext ? next : reader.varint(MAX_COUNTER)
    const count = isOne ? 1 : reader.varint(MAX_COUNTER)
    const expected = history.base + history.step
    const base = goesOn ? expected : expected + readSigned(reader)
    if (counter < 1 || count < 1 || base < 0 || base > MAX_COUNTER)
      throw malformed('a number is out of range')
    // A flag is set exactly when it can be, so that an op has one form.
    if (
      isSame !== (number === former) ||
      isNext !== (counter === next) ||
      isOne !== (count === 1) ||
      goesOn !== (base === expected)
    )
      throw malformed('a flag is missing')
    const extra = (flags & HAS_EXTRA) !== 0 ? this.readIds(reader) : NONE
    let shared = flags >> SHARED_SHIFT
    if (shared === MANY_SHARED) shared += reader.varint(MAX_SHARED)
    const op = { replica, counter, count, base, extra, body: bodyOf(history.body, shared, reader) }
    history.note(number, op)
    return op
  }

  private readReplica(reader: ByteReader): number {
    const { history } = this
    const number = reader.varint(history.replicas.length)
    if (number === history.replicas.length) {
      const replica = readReplica(reader)
      if (history.numbers.has(replica)) throw malformed('a replica is introduced twice')
      history.introduce(replica)
    }
    return number
  }

  private readIds(reader: ByteReader): readonly OpId[] {
    const ids: OpId[] = []
    for (let left = readCount(reader, 2); left > 0; left--) {
      const replica = this.history.replicas[this.readReplica(reader)]
      const counter = reader.varint(MAX_COUNTER)
      if (replica === undefined || counter < 1) throw malformed('an id is out of range')
      ids.push({ replica, counter })
    }
    if (ids.length === 0) throw malformed('no ids where some are announced')
    return ids
  }
}

const NONE: readonly OpId[] = Object.freeze([])

function readSigned(reader: ByteReader): number {
  const code = reader.varint()
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2
}

function sharedBytes(before: Uint8Array, body: Uint8Array): number {
  const end = Math.min(before.length, body.length, MAX_SHARED)
  let shared = 0
  while (shared < end && before[shared] === body[shared]) shared++
  return shared
}

function bodyOf(before: Uint8Array, shared: number, reader: ByteReader): Uint8Array {
  const body = new Uint8Array(shared + reader.remaining)
  const end = Math.min(before.length, MAX_SHARED)
  for (let index = 0; index < body.length; index++) {
    body[index] = index < shared ? (before[index] ?? 0) : reader.u8()
  }
  if (shared > end || (shared < end && body[shared] === before[shared]))
    throw malformed('a body shares another number of bytes')
  return body
}
