import {
  ByteWriter,
  type ByteReader,
  type Op,
  type OpId,
  type ReplicaId,
  type SequencedOp,
} from '@flowsync/crdt'
import { DEFAULT_LIMITS, MAX_ORDINAL, type DecodeLimits } from '../limits.js'
import type { Codec } from './codec.js'
import { FrameReader, invalidValue, malformed } from './frame-reader.js'
import { readReplicaId, writeReplicaId } from './ids.js'

// Each op begins with a byte of flags; a typed character is flags 0x0f, its body's length and its body.
const SAME_REPLICA = 0x01
const NEXT_COUNTER = 0x02
const COUNT_OF_ONE = 0x04
const SAME_BASE = 0x08
const HAS_EXTRA = 0x10
/** The upper three bits are the body's length up to 6; 7 says that a varint with the length less 7 follows. */
const LENGTH_SHIFT = 5
const LONG_BODY = 7

/** What the list has said about a replica so far: the next op of it is described as a difference. */
interface Chain {
  readonly replica: ReplicaId
  readonly index: number
  nextCounter: number
  base: number
}

const NO_IDS: readonly OpId[] = Object.freeze([])

function writeReplica(writer: ByteWriter, chains: Map<ReplicaId, Chain>, replica: ReplicaId): Chain {
  const known = chains.get(replica)
  if (known) {
    writer.varint(known.index)
    return known
  }
  const chain: Chain = { replica, index: chains.size, nextCounter: 1, base: 0 }
  chains.set(replica, chain)
  writer.varint(chain.index)
  writeReplicaId(writer, replica)
  return chain
}

function readReplica(reader: ByteReader, chains: Chain[], known: Set<ReplicaId>): Chain {
  const index = reader.varint(chains.length)
  const chain = chains[index]
  if (chain) return chain
  const replica = readReplicaId(reader)
  if (known.has(replica)) throw malformed('a replica is introduced twice')
  known.add(replica)
  const added: Chain = { replica, index, nextCounter: 1, base: 0 }
  chains.push(added)
  return added
}

function checkOp(op: Op): void {
  const last = op.counter + op.count - 1
  if (
    !Number.isInteger(op.counter) ||
    op.counter < 1 ||
    !Number.isInteger(op.count) ||
    op.count < 1 ||
    last > MAX_ORDINAL
  ) {
    throw invalidValue(`an op with counter ${op.counter} and count ${op.count}`)
  }
  if (!Number.isInteger(op.base) || op.base < 0 || op.base > MAX_ORDINAL)
    throw invalidValue(`an op with base ${op.base}`)
}

function writeOps(writer: ByteWriter, ops: readonly Op[]): void {
  const chains = new Map<ReplicaId, Chain>()
  let previous: Chain | undefined
  for (const op of ops) {
    checkOp(op)
    const { counter, count, base, extra, body } = op
    const same = previous !== undefined && previous.replica === op.replica
    const before = same ? previous : chains.get(op.replica)
    const flags =
      (same ? SAME_REPLICA : 0) |
      (counter === (before?.nextCounter ?? 1) ? NEXT_COUNTER : 0) |
      (count === 1 ? COUNT_OF_ONE : 0) |
      (base === (before?.base ?? 0) ? SAME_BASE : 0) |
      (extra.length > 0 ? HAS_EXTRA : 0)
    writer.u8(flags | (Math.min(body.length, LONG_BODY) << LENGTH_SHIFT))
    const chain: Chain = same && previous ? previous : writeReplica(writer, chains, op.replica)
    if (!(flags & NEXT_COUNTER)) writer.varint(counter)
    if (!(flags & COUNT_OF_ONE)) writer.varint(count)
    if (!(flags & SAME_BASE)) writer.varint(zigzag(base - chain.base))
    if (flags & HAS_EXTRA) writeExtra(writer, chains, extra)
    if (body.length >= LONG_BODY) writer.varint(body.length - LONG_BODY)
    writer.raw(body)
    chain.nextCounter = counter + count
    chain.base = base
    previous = chain
  }
}

function writeExtra(writer: ByteWriter, chains: Map<ReplicaId, Chain>, extra: readonly OpId[]): void {
  writer.varint(extra.length)
  for (const { replica, counter } of extra) {
    if (!Number.isInteger(counter) || counter < 1 || counter > MAX_ORDINAL)
      throw invalidValue(`an op id with counter ${counter}`)
    writeReplica(writer, chains, replica)
    writer.varint(counter)
  }
}

type Place<T extends Op> = (op: Op, index: number) => T

function readOps<T extends Op>(reader: FrameReader, length: number, place: Place<T>): T[] {
  const chains: Chain[] = []
  const known = new Set<ReplicaId>()
  const ops: T[] = []
  let previous: Chain | undefined
  for (let index = 0; index < length; index++) {
    const flags = reader.u8()
    const chain = flags & SAME_REPLICA ? previous : readReplica(reader, chains, known)
    if (!chain) throw malformed('the first op names no replica')
    if (!(flags & SAME_REPLICA) && chain === previous) throw malformed('a replica is named again')

    const counter = flags & NEXT_COUNTER ? chain.nextCounter : readOther(reader, chain.nextCounter, 1)
    const count = flags & COUNT_OF_ONE ? 1 : readOther(reader, 1, 1)
    if (counter + count - 1 > MAX_ORDINAL) throw malformed('a counter is too large')
    const base = flags & SAME_BASE ? chain.base : readBase(reader, chain.base)
    const extra = flags & HAS_EXTRA ? readExtra(reader, chains, known) : NO_IDS
    const inline = flags >> LENGTH_SHIFT
    // A copy: a view would keep the whole frame alive, and IndexedDB would store the frame with every op.
    const body = reader.raw(inline < LONG_BODY ? inline : reader.varint(MAX_ORDINAL) + LONG_BODY).slice()

    ops.push(place({ replica: chain.replica, counter, count, base, extra, body }, index))
    chain.nextCounter = counter + count
    chain.base = base
    previous = chain
  }
  return ops
}

/** A number that has a shorter form when it is `usual`. */
function readOther(reader: ByteReader, usual: number, min: number): number {
  const value = reader.varint(MAX_ORDINAL)
  if (value < min || value === usual) throw malformed('an op is not in its shortest form')
  return value
}

function readBase(reader: ByteReader, former: number): number {
  const coded = reader.varint()
  const base = former + (coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2)
  if (coded === 0) throw malformed('an op is not in its shortest form')
  if (base < 0 || base > MAX_ORDINAL) throw malformed('a base is out of range')
  return base
}

function readExtra(reader: FrameReader, chains: Chain[], known: Set<ReplicaId>): readonly OpId[] {
  const length = reader.listLength(MAX_ORDINAL)
  if (length === 0) throw malformed('an op is not in its shortest form')
  const extra: OpId[] = []
  for (let index = 0; index < length; index++) {
    const { replica } = readReplica(reader, chains, known)
    const counter = reader.varint(MAX_ORDINAL)
    if (counter < 1) throw malformed('a counter is 0')
    extra.push({ replica, counter })
  }
  return extra
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** What `op` stands for in the descriptions below: part of the schema hash. */
export function describeOp(): string {
  return (
    'op(flags u8: 1 same replica, 2 next counter, 4 count 1, 8 same base, 16 extra, 32* body length up to 6 or 7;' +
    'replica index varint, 16 bytes when new; counter varint; count varint; base zigzag difference;' +
    'extra varint count of (replica index, counter varint); body length less 7 varint; body)'
  )
}

/** Ops without a place, as a client pushes them: their number, then the ops. */
export const opList: Codec<readonly Op[]> = {
  describe: 'ops(length varint; op)',
  write(writer, ops) {
    writer.varint(ops.length)
    writeOps(writer, ops)
  },
  read(reader) {
    return readOps(reader, reader.listLength(MAX_ORDINAL), (op) => op)
  },
}

/** Ops of dense seqs: their number, the first seq (when there is an op), then the ops. */
export const sequencedOpList: Codec<readonly SequencedOp[]> = {
  describe: 'sequenced(length varint; first seq varint; op)',
  write(writer, ops) {
    writer.varint(ops.length)
    const first = ops[0]
    if (!first) return
    const lastSeq = first.seq + ops.length - 1
    if (!Number.isInteger(first.seq) || first.seq < 1 || lastSeq > MAX_ORDINAL)
      throw invalidValue(`an op with seq ${first.seq}`)
    if (ops.some((op, index) => op.seq !== first.seq + index)) throw invalidValue('ops whose seqs have gaps')
    writer.varint(first.seq)
    writeOps(writer, ops)
  },
  read(reader) {
    const length = reader.listLength(MAX_ORDINAL)
    if (length === 0) return []
    const first = reader.varint(MAX_ORDINAL)
    if (first < 1 || first + length - 1 > MAX_ORDINAL) throw malformed('a seq is out of range')
    return readOps(reader, length, ({ replica, counter, count, base, extra, body }, index) => {
      return { replica, counter, count, base, extra, body, seq: first + index }
    })
  },
}

/** Ops as bytes, the same as inside a `push`. */
export function encodeOps(ops: readonly Op[]): Uint8Array {
  const writer = new ByteWriter(64 + 12 * ops.length)
  opList.write(writer, ops)
  return writer.finish()
}

/** @throws FlowSyncError `codec/malformed`, `frame/too-large` */
export function decodeOps(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_LIMITS): readonly Op[] {
  const reader = new FrameReader(bytes, limits)
  const ops = opList.read(reader)
  reader.end()
  return ops
}

/** Ops with dense seqs as bytes, the same as inside a `feed`. */
export function encodeSequencedOps(ops: readonly SequencedOp[]): Uint8Array {
  const writer = new ByteWriter(64 + 12 * ops.length)
  sequencedOpList.write(writer, ops)
  return writer.finish()
}

/** @throws FlowSyncError `codec/malformed`, `frame/too-large` */
export function decodeSequencedOps(
  bytes: Uint8Array,
  limits: DecodeLimits = DEFAULT_LIMITS,
): readonly SequencedOp[] {
  const reader = new FrameReader(bytes, limits)
  const ops = sequencedOpList.read(reader)
  reader.end()
  return ops
}
