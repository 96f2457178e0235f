import { ByteReader } from '../bytes.js'
import { malformed, readCount, readReplica } from '../codec.js'
import type { ReplicaId } from '../op.js'
import { BACKSPACE, DELETE, INSERT, NOTHING } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'
import { FORMAT, MAX_UNITS, caretAfter, unzigzag } from './update-format.js'
import type { GraphRun, OpRun, Update } from './update-format.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes an update. Whether what it builds on is known is not checked here.
 * @throws FlowSyncError `codec/malformed` for anything that `encodeUpdate` cannot have made
 */
export function decodeUpdate(bytes: Uint8Array): Update {
  const reader = new ByteReader(bytes)
  const format = reader.u8()
  if (format !== FORMAT) throw malformed(`format version ${format} where ${FORMAT} is known`)
  const replicas: ReplicaId[] = []
  for (let left = readCount(reader, 16); left > 0; left--) replicas.push(readReplica(reader))
  if (new Set(replicas).size !== replicas.length) throw malformed('a replica is listed twice')
  const graphRuns = readGraphRuns(reader, replicas)
  const opRuns = readOpRuns(reader)
  const rest = reader.raw(reader.remaining)
  let inserted: string
  try {
    inserted = decoder.decode(rest)
  } catch (cause) {
    throw malformed('a text is not valid UTF-8', cause)
  }
  checkRuns(graphRuns, opRuns, inserted)
  return { graphRuns, opRuns, inserted }
}

function readGraphRuns(reader: ByteReader, replicas: readonly ReplicaId[]): GraphRun[] {
  const count = readCount(reader, 4)
  const authors: number[] = []
  const counters: number[] = []
  const units: number[] = []
  const taken: number[] = []
  const ends = replicas.map(() => 1)
  const replicaAt = (index: number) => {
    const replica = replicas[index]
    if (replica === undefined) throw malformed('a replica is not listed')
    return replica
  }
  for (let run = 0; run < count; run++) {
    const author = reader.varint()
    replicaAt(author)
    authors.push(author)
  }
  const steps: number[] = []
  for (let run = 0; run < count; run++) steps.push(unzigzag(reader.varint()))
  for (let run = 0; run < count; run++) {
    const size = reader.varint(2 * MAX_UNITS + 1)
    const length = size >> 1
    if (length === 0) throw malformed('an op without units')
    units.push(length)
    const isMisfit = size % 2 === 1
    const own = isMisfit ? reader.varint(Number.MAX_SAFE_INTEGER) : length
    if (isMisfit && (own === length || own === 0)) throw malformed('an op that fits is said not to')
    taken.push(own)
    const author = authors[run] as number
    const counter = (ends[author] as number) + (steps[run] as number)
    if (counter < 1 || !Number.isSafeInteger(counter + own)) throw malformed('a counter is out of range')
    counters.push(counter)
    ends[author] = counter + own
  }
  const runs: GraphRun[] = []
  for (let run = 0; run < count; run++) {
    const replica = replicaAt(authors[run] as number)
    const parents = readParents(reader, runs[run - 1], replicaAt)
    runs.push({
      replica,
      counter: counters[run] as number,
      units: units[run] as number,
      counters: taken[run] as number,
      parents,
    })
  }
  return runs
}

function readParents(
  reader: ByteReader,
  previous: GraphRun | undefined,
  replicaAt: (index: number) => ReplicaId,
): GraphRun['parents'] {
  const count = readParentCount(reader)
  if (count === 0) {
    if (!previous) throw malformed('the first run follows none')
    return [{ replica: previous.replica, counter: previous.counter + previous.counters - 1 }]
  }
  const parents: { replica: ReplicaId; counter: number }[] = []
  for (let left = count - 1; left > 0; left--) {
    const replica = replicaAt(reader.varint())
    const counter = reader.varint()
    if (counter < 1) throw malformed('a counter is out of range')
    parents.push({ replica, counter })
  }
  return parents
}

/** The number of parents + 1, each of at least two bytes. */
export function readParentCount(reader: ByteReader): number {
  return reader.varint(Math.floor(reader.remaining / 2) + 1)
}

function readOpRuns(reader: ByteReader): OpRun[] {
  const count = readCount(reader, 2)
  const sizes: number[] = []
  for (let run = 0; run < count; run++) sizes.push(reader.varint(4 * MAX_UNITS + 3))
  const runs: OpRun[] = []
  let caret = 0
  for (const size of sizes) {
    const kind = (size % 4) as OpKind
    const units = Math.floor(size / 4)
    const position = caret + unzigzag(reader.varint(2 * MAX_UNITS + 1))
    if (units === 0 || (kind === NOTHING && units !== 1)) throw malformed('an op without units')
    if (position < 0 || position > MAX_UNITS) throw malformed('a position is out of range')
    runs.push({ kind, position, units })
    caret = caretAfter(kind, position, units)
  }
  return runs
}

/** Both kinds of runs must describe the same units, and the text must be theirs. */
function checkRuns(graphRuns: readonly GraphRun[], opRuns: readonly OpRun[], inserted: string): void {
  let next = 0
  let content = 0
  for (const { units, counters } of graphRuns) {
    if (units !== counters && !isPatch(units, opRuns[next], opRuns[next + 1])) {
      throw malformed('an op that did not fit is not one op')
    }
    let left = units
    while (left > 0) {
      const run = opRuns[next++]
      if (!run || run.units > left) throw malformed('runs of ops and of their graph do not match')
      left -= run.units
      if (run.kind !== INSERT) continue
      content += run.units
      if ((inserted.charCodeAt(content) & 0xfc00) === 0xdc00)
        throw malformed('a surrogate pair is cut in two')
    }
  }
  if (next !== opRuns.length) throw malformed('runs of ops and of their graph do not match')
  if (content !== inserted.length) throw malformed('the inserted text has another length than the ops say')
}

/** Whether one or two runs are one op: a deletion, an insertion in its place, or one of them, or nothing. */
function isPatch(units: number, one: OpRun | undefined, other: OpRun | undefined): boolean {
  if (one?.units === units) return one.kind !== BACKSPACE
  const isPair = one?.kind === DELETE && other?.kind === INSERT && one.position === other.position
  return isPair && one.units + other.units === units
}
