import { malformed } from './bytes.js'
import type { ByteReader, ByteWriter } from './bytes.js'
import { Cells } from './cells.js'
import { checkTime } from './hybrid-time.js'
import { readCount, readReplica, writeReplica } from './codec.js'
import { readColumn, readTexts, writeColumn, writeTexts } from './columns.js'
import { parseJson } from './json.js'
import type { Json } from './json.js'
import type { ReplicaId } from './op.js'

/*
 * Cells as columns, one row for each write, by seq: a byte whether there are rows; the keys as JSON; the
 * replicas in the order in which they are mentioned, and which of them wrote each row; how much later
 * than the row before it was placed; counters as differences to what they were if the replica had
 * placed nothing but its own ops since its last row.
 * With values: differences of times, which rows are deletes, and the values as JSON.
 */

/**
 * Writes rows by seq, so that equal cells give equal bytes. Keys with nothing but deletes are left out.
 * @throws Error when a row has no seq; `Fold` never encodes such a state
 */
export function writeCells(writer: ByteWriter, cells: Cells<Json>, hasValues: boolean): void {
  const { replicas, counters, seqs, times, values } = cells
  const rows: number[] = []
  const keys: string[] = []
  for (const key of cells.keys()) {
    const own = cells.rows(key)
    if (hasValues && own.every((row) => values[row] === undefined)) continue
    const text = JSON.stringify(key)
    for (const row of own) {
      rows.push(row)
      keys[row] = text
    }
  }
  rows.sort((left, right) => (seqs[left] ?? 0) - (seqs[right] ?? 0))
  writer.u8(Math.min(rows.length, 1))
  if (rows.length === 0) return
  writeTexts(
    writer,
    rows.map((row) => keys[row] ?? ''),
  )

  const table = new Map<ReplicaId, Chain>()
  const indices: number[] = []
  const places: number[] = []
  const steps: number[] = []
  let before = 0
  for (const row of rows) {
    const [replica, counter, seq] = [replicas[row], counters[row] ?? 0, seqs[row] ?? Infinity]
    if (replica === undefined || seq === Infinity) throw new Error('a state with pending ops was encoded')
    const chain = table.get(replica) ?? { index: table.size, counter: 0, seq: 0 }
    indices.push(chain.index)
    places.push(seq - before - 1)
    steps.push(counter - chain.counter - (seq - chain.seq))
    table.set(replica, Object.assign(chain, { counter, seq }))
    before = seq
  }
  writer.varint(table.size)
  for (const replica of table.keys()) writeReplica(writer, replica)
  for (const column of [indices, places, steps]) writeColumn(writer, column)
  if (!hasValues) return
  const live = rows.filter((row) => values[row] !== undefined)
  writeColumn(
    writer,
    rows.map((row, at) => (times[row] ?? 0) - (times[rows[at - 1] ?? -1] ?? 0)),
  )
  writeColumn(
    writer,
    rows.map((row) => (values[row] === undefined ? 1 : 0)),
  )
  if (live.length > 0)
    writeTexts(
      writer,
      live.map((row) => JSON.stringify(values[row])),
    )
}

/** Where the former row of a replica stood. */
interface Chain {
  readonly index: number
  counter: number
  seq: number
}

/**
 * @param isKey what else is refused
 * @param last the seq up to which the cells had been written
 * @throws FlowSyncError `codec/malformed`
 */
export function readCells<Key extends Json>(
  reader: ByteReader,
  isKey: (key: Json) => key is Key,
  last: number,
  hasValues: boolean,
): Cells<Key> {
  const cells = new Cells<Key>()
  if (reader.varint(1) === 0) return cells
  const keys = readJsons(readTexts(reader))
  const count = keys.length
  const chains: (Chain & { readonly replica: ReplicaId })[] = []
  for (let left = readCount(reader, 16); left > 0; left--) {
    chains.push({ replica: readReplica(reader), index: 0, counter: 0, seq: 0 })
  }
  const column = () => readColumn(reader, count)
  const [indices, places, steps] = [column(), column(), column()]
  const [times, deletes] = hasValues ? [column(), column()] : [[], []]
  const live = deletes.filter((isDelete) => isDelete === 0).length
  const values = live === 0 ? [] : readJsons(readTexts(reader))
  if (values.length !== live) throw malformed('values are missing')

  let [seq, time, taken] = [0, 0, 0]
  for (const [row, key] of keys.entries()) {
    const chain = chains[indices[row] ?? -1]
    const place = places[row] ?? -1
    seq += place + 1
    if (!chain || place < 0 || seq > last || !isKey(key)) throw malformed('a row is out of range')
    const counter = (steps[row] ?? 0) + chain.counter + (seq - chain.seq)
    if (!(counter >= 1 && counter <= Number.MAX_SAFE_INTEGER)) throw malformed('a counter is out of range')
    chain.counter = counter
    chain.seq = seq
    time = checkTime(time + (times[row] ?? 0))
    cells.add(key, chain.replica, counter, seq, time, deletes[row] === 0 ? values[taken++] : undefined)
  }
  return cells
}

/** Texts as one JSON array: that is several times faster than one by one. */
function readJsons(texts: readonly string[]): readonly Json[] {
  const values = parseJson(`[${texts.join()}]`, -1)
  if (!Array.isArray(values) || values.length !== texts.length)
    throw malformed('a text is not one JSON value')
  return values as readonly Json[]
}
