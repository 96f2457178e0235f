import { ByteWriter } from '../bytes.js'
import { writeReplica } from '../codec.js'
import { INSERT } from '../sequence/op-runs.js'
import type { LocalVersion } from '../sequence/version.js'
import type { DocumentCore } from './document-core.js'
import { versionOf } from './document-version.js'
import { FORMAT, caretAfter, zigzag } from './update-format.js'

const encoder = new TextEncoder()

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
