import type { StreamHead } from '../storage/driver.js'
import { type ExportCounts, type ExportSummary, fileInvalid } from './export-format.js'
import { readRecords } from './record-reader.js'

interface OpenStream {
  readonly head: StreamHead
  readonly counts: { replicas: number; ops: number; snapshots: number }
  seq: number
}

/** What a whole export was found to hold. */
export interface CheckedExport {
  readonly summary: ExportSummary
  /** By name. */
  readonly heads: ReadonlyMap<string, StreamHead>
}

/**
 * Reads an export to its end and checks that it is whole and that its parts fit together, before anything of it
 * is used.
 * @throws FlowSyncError `transfer/file-invalid`
 */
export async function checkExport(file: string): Promise<CheckedExport> {
  const heads = new Map<string, StreamHead>()
  const total = { streams: 0, replicas: 0, ops: 0, snapshots: 0 }
  let header: ExportSummary['header'] | undefined
  let open: OpenStream | undefined
  for await (const record of readRecords(file)) {
    switch (record.kind) {
      case 'header':
        header = record.header
        break
      case 'stream':
        if (open || heads.has(record.head.stream)) throw misplaced()
        open = {
          head: record.head,
          counts: { replicas: 0, ops: 0, snapshots: 0 },
          seq: record.head.truncatedSeq,
        }
        heads.set(record.head.stream, record.head)
        break
      case 'replicas':
        if (!open) throw misplaced()
        open.counts.replicas += record.replicas.length
        break
      case 'ops':
        if (!open) throw misplaced()
        for (const { seq } of record.ops) if (seq !== ++open.seq) throw misplaced()
        open.counts.ops += record.ops.length
        break
      case 'snapshot':
        if (!open || record.snapshot.seq > open.seq) throw misplaced()
        open.counts.snapshots++
        break
      case 'streamEnd':
        if (!open || open.seq !== open.head.headSeq) throw misplaced()
        demandSame(open.counts, record)
        total.streams++
        total.replicas += record.replicas
        total.ops += record.ops
        total.snapshots += record.snapshots
        open = undefined
        break
      case 'trailer':
        if (open || !header || record.trailer.streams !== total.streams) throw misplaced()
        demandSame(total, record.trailer)
        return { summary: { ...record.trailer, header }, heads }
    }
  }
  throw fileInvalid('it ends too early.')
}

function demandSame(counted: ExportCounts, said: ExportCounts): void {
  const { replicas, ops, snapshots } = counted
  if (replicas !== said.replicas || ops !== said.ops || snapshots !== said.snapshots) throw misplaced()
}

function misplaced(): Error {
  return fileInvalid('its parts do not fit together.')
}
