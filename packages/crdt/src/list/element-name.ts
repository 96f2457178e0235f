import type { ByteReader, ByteWriter } from '../bytes.js'
import { malformed, readCount, readReplica, writeReplica } from '../codec.js'
import type { ReplicaId } from '../op.js'

/**
 * How an op names an element of a list: by its serial number in the hub's order when the author knew
 * that, else by the counter that inserted it, the author's own one or that of another replica.
 *
 * Serials are short, dense, and the same everywhere: inserting ops take them in the order of seqs.
 */
export type ElementName =
  | { readonly kind: 'placed'; readonly serial: number }
  | { readonly kind: 'own'; readonly counter: number }
  | { readonly kind: 'foreign'; readonly replica: ReplicaId; readonly counter: number }

/** Serials or counters from `first` on. */
export interface NameRun {
  readonly first: number
  readonly count: number
}

/** A set of elements by their names, as few ascending runs. */
export interface ElementNames {
  readonly placed: readonly NameRun[]
  readonly own: readonly NameRun[]
  /** By replica, ascending. */
  readonly foreign: readonly { readonly replica: ReplicaId; readonly runs: readonly NameRun[] }[]
}

const KINDS = ['placed', 'own', 'foreign'] as const

/** A number below 4 that tells how the rest of a name reads. */
export function kindOfName(name: ElementName): number {
  return KINDS.indexOf(name.kind)
}

export function writeName(writer: ByteWriter, name: ElementName): void {
  if (name.kind === 'foreign') writeReplica(writer, name.replica)
  writer.varint(name.kind === 'placed' ? name.serial : name.counter)
}

/** @throws FlowSyncError `codec/malformed` */
export function readName(reader: ByteReader, kindNumber: number): ElementName {
  if (kindNumber === 0) return { kind: 'placed', serial: reader.varint() }
  if (kindNumber === 1) return { kind: 'own', counter: reader.varint() }
  if (kindNumber !== 2) throw malformed('an element is named in an unknown way')
  return { kind: 'foreign', replica: readReplica(reader), counter: reader.varint() }
}

/** True when some of the elements are named by counters. */
export function hasUnplaced({ own, foreign }: ElementNames): boolean {
  return own.length > 0 || foreign.length > 0
}

/** Writes runs behind their number, each by the distance from the one before. */
function writeRuns(writer: ByteWriter, runs: readonly NameRun[]): void {
  writer.varint(runs.length)
  let end = -1
  for (const { first, count } of runs) {
    writer.varint(first - end - 1)
    writer.varint(count - 1)
    end = first + count
  }
}

function readRuns(reader: ByteReader): NameRun[] {
  const runs: NameRun[] = []
  let end = -1
  for (let left = readCount(reader, 2); left > 0; left--) {
    const first = end + 1 + reader.varint(Number.MAX_SAFE_INTEGER - end - 1)
    const count = 1 + reader.varint(Number.MAX_SAFE_INTEGER - first - 1)
    runs.push({ first, count })
    end = first + count
  }
  return runs
}

/** Writes names; those by counters are left out when there are none. */
export function writeNames(writer: ByteWriter, names: ElementNames): void {
  writeRuns(writer, names.placed)
  if (!hasUnplaced(names)) return
  writeRuns(writer, names.own)
  writer.varint(names.foreign.length)
  for (const { replica, runs } of names.foreign) {
    writeReplica(writer, replica)
    writeRuns(writer, runs)
  }
}

/** @throws FlowSyncError `codec/malformed` */
export function readNames(reader: ByteReader, withUnplaced: boolean): ElementNames {
  const placed = readRuns(reader)
  if (!withUnplaced) return { placed, own: [], foreign: [] }
  const own = readRuns(reader)
  const foreign: { readonly replica: ReplicaId; readonly runs: readonly NameRun[] }[] = []
  for (let left = readCount(reader, 19); left > 0; left--) {
    const replica = readReplica(reader)
    if (replica <= (foreign.at(-1)?.replica ?? '')) throw malformed('replicas are not in their order')
    const runs = readRuns(reader)
    if (runs.length === 0) throw malformed('a replica without elements')
    foreign.push({ replica, runs })
  }
  const names = { placed, own, foreign }
  if (!hasUnplaced(names)) throw malformed('names by counters without any')
  return names
}
