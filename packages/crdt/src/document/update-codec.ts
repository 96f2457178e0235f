import { ByteReader, ByteWriter } from '../bytes.js'
import { malformed, readCount, readReplica, writeReplica } from '../codec.js'
import type { ReplicaId } from '../op.js'
import { BACKSPACE, DELETE, INSERT, NOTHING } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'
import type { LocalVersion } from '../sequence/version.js'
import type { DocumentCore } from './document-core.js'
import { versionOf } from './document-version.js'

/*
 * An update, format 1: ops in an order that respects causality, as runs, in columns.
 *
 *   u8      format
 *   varint  number of replicas, then the 16 bytes of each
 *   varint  number of runs of the graph, then the columns of their
 *             authors    replica, by its place in the list
 *             counters   difference to the counter after the author's last one, zigzag
 *             sizes      2 * units, or 2 * units + 1 and the number of counters when that is another
 *             parents    their number + 1, or 0 for the last unit of the run before; of each, replica and counter
 *   varint  number of runs of ops, then the columns of their
 *             sizes      4 * units + kind; the runs of ops have as many units as those of the graph
 *             positions  difference to where the run before left the caret, zigzag
 *   rest    what the runs insert, in one piece: UTF-8
 */
const FORMAT = 1
const MAX_UNITS = 0x1fff_ffff
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Consecutive units of one replica, each made on the one before. */
export interface GraphRun {
  readonly replica: ReplicaId
  readonly counter: number
  readonly units: number
  readonly counters: number
  /** Of the first unit: replica and counter of the newest ones that the author knew. */
  readonly parents: readonly { readonly replica: ReplicaId; readonly counter: number }[]
}

/** Consecutive units that do one thing. */
export interface OpRun {
  readonly kind: OpKind
  readonly position: number
  readonly units: number
}

/** A decoded update. */
export interface Update {
  readonly graphRuns: readonly GraphRun[]
  /** As many units in all as the graph's runs have; none reaches across the edge of one of those. */
  readonly opRuns: readonly OpRun[]
  readonly inserted: string
}

/** Encodes ranges of units, first and last of each, ascending. */
export function encodeUpdate(core: DocumentCore, ranges: readonly LocalVersion[]): Uint8Array {
  const { graph } = core
  const replicas = new Map<number, number>()
  const ends: number[] = []
  const numberOf = (author: number) => {
    const known = replicas.get(author)
    if (known !== undefined) return known
    replicas.set(author, replicas.size)
    ends.push(1)
    return replicas.size - 1
  }
  const authors = new ByteWriter(1024)
  const counters = new ByteWriter(1024)
  const sizes = new ByteWriter(1024)
  const parents = new ByteWriter(1024)
  const opSizes = new ByteWriter(4096)
  const positions = new ByteWriter(4096)
  const text: string[] = []
  let contentFrom = 0
  let contentTo = 0
  let graphCount = 0
  let opCount = 0
  let caret = 0
  let previous = -1

  for (let at = 0; at < ranges.length; at += 2) {
    const to = (ranges[at + 1] as number) + 1
    let run = graph.runAt(ranges[at] as number)
    for (let from = ranges[at] as number; from < to; run++) {
      const end = Math.min(graph.endOf(run), to)
      const author = numberOf(graph.authorOf(run))
      const counter = graph.counterOf(run) + from - graph.startOf(run)
      const taken = graph.isMisfit(run) ? graph.countersOf(run) : end - from
      graphCount++
      authors.varint(author)
      counters.varint(zigzag(counter - (ends[author] as number)))
      ends[author] = counter + taken
      sizes.varint(2 * (end - from) + (taken === end - from ? 0 : 1))
      if (taken !== end - from) sizes.varint(taken)
      writeParents(parents, core, from, previous, numberOf)
      previous = end - 1

      const { runs } = core.engine
      let opRun = runs.runAt(from)
      for (let unit = from; unit < end; opRun++) {
        const opEnd = Math.min(runs.endOf(opRun), end)
        const kind = runs.kindWithin(opRun, unit, opEnd)
        const position = runs.positionOf(opRun, unit)
        opCount++
        opSizes.varint(4 * (opEnd - unit) + kind)
        positions.varint(zigzag(position - caret))
        caret = caretAfter(kind, position, opEnd - unit)
        if (kind === INSERT) {
          const content = runs.contentBefore(opRun, unit)
          if (content !== contentTo) {
            text.push(core.inserted.slice(contentFrom, contentTo))
            contentFrom = content
          }
          contentTo = content + opEnd - unit
        }
        unit = opEnd
      }
      from = end
    }
  }
  text.push(core.inserted.slice(contentFrom, contentTo))
  const writer = new ByteWriter(4096)
  writer.u8(FORMAT)
  writer.varint(replicas.size)
  for (const author of replicas.keys()) writeReplica(writer, graph.replicaOf(author))
  writer.varint(graphCount)
  for (const column of [authors, counters, sizes, parents]) writer.raw(column.view())
  writer.varint(opCount)
  writer.raw(opSizes.view())
  writer.raw(positions.view())
  writer.raw(encoder.encode(text.join('')))
  return writer.finish()
}

function writeParents(
  writer: ByteWriter,
  { graph, root }: DocumentCore,
  version: LocalVersion,
  previous: LocalVersion,
  numberOf: (author: number) => number,
): void {
  const parents = graph.parentsOf(version)
  if (previous >= 0 && parents.length === 1 && parents[0] === previous) {
    writer.varint(0)
    return
  }
  const ids = parents.length === 0 ? root.version : versionOf(graph, parents)
  writer.varint(ids.length + 1)
  for (const { replica, counter } of ids) {
    writer.varint(numberOf(graph.numberOf(replica)))
    writer.varint(counter)
  }
}

/**
 * Decodes an update. Whether what it builds on is known is not checked here.
 * @throws FlowSyncError `codec/malformed` for anything that {@link encodeUpdate} cannot have made
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
  const count = readCount(reader, 2)
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

/** Where a run leaves the caret of whoever made it. */
export function caretAfter(kind: OpKind, position: number, units: number): number {
  if (kind === INSERT) return position + units
  return kind === BACKSPACE ? position - units + 1 : position
}

export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

export function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2
}
