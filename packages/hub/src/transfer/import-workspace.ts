import { createError, encodeSequencedOps, type System } from '@flowsync/protocol'
import { compactLog } from '../log/compact-log.js'
import { streamsOf } from '../log/stream-pages.js'
import type { LogDriver, Snapshot, StreamHead, StreamReplica } from '../storage/driver.js'
import { type CheckedExport, checkExport } from './check-export.js'
import type { ExportRecord, ExportSummary } from './export-format.js'
import { readRecords } from './record-reader.js'

/** What to import, and where to. */
export interface WorkspaceImport {
  /** Open, and not served by any hub as far as the workspace goes. */
  readonly storage: LogDriver
  readonly system: System
  readonly file: string
  /** Default: that of the export. */
  readonly workspace?: string
  /** Gives every stream a new epoch, as is needed when clients may hold more than the export does. */
  readonly newEpochs?: boolean
  readonly signal?: AbortSignal
  /** What `checkExport` said of the file; it is asked otherwise. */
  readonly checked?: CheckedExport
  /** Told after each stream. */
  readonly onStream?: (head: StreamHead, done: number, streams: number) => void
}

/** What an import did. */
export interface ImportOutcome extends ExportSummary {
  readonly workspace: string
  /** Streams that an interrupted import of the same file had stored before, wholly or in part. */
  readonly resumed: number
}

/** A stream on its way into the storage. */
interface Incoming {
  readonly head: StreamHead
  /** What an interrupted import stored of it. */
  readonly stored: StreamHead | undefined
  readonly replicas: StreamReplica[]
  ops: (ExportRecord & { readonly kind: 'ops' })['ops']
  snapshots: Snapshot[]
  isCreated: boolean
}

/**
 * Stores an export as it was: same seqs, counters, subjects, snapshots, and epochs unless new ones are wanted, so that clients go
 * on as if nothing had happened. The file is checked to its end before anything is stored. An import that was interrupted
 * is taken up where it ended when it is run again with the same file.
 * @throws FlowSyncError `transfer/file-invalid`; `stream/exists` when the workspace holds anything that the file does
 *   not, and then nothing was stored; `storage/*`
 */
export async function importWorkspace(options: WorkspaceImport): Promise<ImportOutcome> {
  const { storage, file, newEpochs = false, signal, onStream } = options
  const checked = options.checked ?? (await checkExport(file))
  const { summary } = checked
  const workspace = options.workspace ?? summary.header.workspace
  const before = await storedBefore(storage, workspace, checked, newEpochs)
  let incoming: Incoming | undefined
  let done = 0
  for await (const record of readRecords(file)) {
    signal?.throwIfAborted()
    if (record.kind === 'stream') {
      const head = { ...record.head, workspace }
      const stored = before.get(head.stream)
      incoming = { head, stored, replicas: [], ops: [], snapshots: [], isCreated: stored !== undefined }
    } else if (incoming && record.kind !== 'header' && record.kind !== 'trailer') {
      await take(storage, incoming, record)
      if (record.kind !== 'streamEnd') continue
      await finish(options, incoming)
      onStream?.(incoming.head, ++done, summary.streams)
    }
  }
  return { ...summary, workspace, resumed: before.size }
}

/** What is there of the export. @throws FlowSyncError `stream/exists` when there is anything else. */
async function storedBefore(
  storage: LogDriver,
  workspace: string,
  { heads }: CheckedExport,
  newEpochs: boolean,
): Promise<ReadonlyMap<string, StreamHead>> {
  const stored = new Map<string, StreamHead>()
  for await (const head of streamsOf(storage, workspace)) {
    const exported = heads.get(head.stream)
    if (!exported || !mayBePartOf(exported, head, newEpochs)) throw occupied(head)
    stored.set(head.stream, head)
  }
  return stored
}

function mayBePartOf(exported: StreamHead, stored: StreamHead, newEpochs: boolean): boolean {
  const isSame =
    exported.rule === stored.rule &&
    exported.ruleVersion === stored.ruleVersion &&
    exported.truncatedSeq === stored.truncatedSeq
  // A stream gets its new epoch when all of it is there.
  const isRenewed = newEpochs && stored.headSeq === exported.headSeq
  return isSame && stored.headSeq <= exported.headSeq && (stored.epoch === exported.epoch || isRenewed)
}

async function take(storage: LogDriver, incoming: Incoming, record: ExportRecord): Promise<void> {
  switch (record.kind) {
    case 'replicas':
      incoming.replicas.push(...record.replicas)
      break
    case 'ops':
      await store(storage, incoming)
      incoming.ops = record.ops
      break
    case 'snapshot':
      incoming.snapshots.push({ epoch: incoming.head.epoch, ...record.snapshot })
      break
    default:
  }
}

/** Stores what was gathered: ops, and the snapshots behind them. */
async function store(storage: LogDriver, incoming: Incoming): Promise<void> {
  const { head, stored, replicas, snapshots, ops: gathered } = incoming
  incoming.ops = []
  if (gathered.length === 0 && (incoming.isCreated || head.headSeq > head.truncatedSeq)) return
  incoming.snapshots = []
  const storedSeq = stored?.headSeq ?? 0
  const known = gathered.filter(({ seq }) => seq <= storedSeq)
  if (known.length > 0) await demandStored(storage, head, known)
  const ops = gathered.slice(known.length)
  if (ops.length === 0 && incoming.isCreated) return
  // The floor is raised when all is there: what is below it need not fit into one part.
  const floorSeq = Math.min(head.floorSeq, head.truncatedSeq)
  const part = { head: { ...head, floorSeq }, replicas: incoming.isCreated ? [] : replicas, ops, snapshots }
  await storage.restore(part)
  incoming.isCreated = true
}

/** Completes a stream and looks whether it is all there. */
async function finish({ storage, system, newEpochs }: WorkspaceImport, incoming: Incoming): Promise<void> {
  await store(storage, incoming)
  const { head, replicas } = incoming
  const now = await storage.findStream(head)
  if (now?.headSeq !== head.headSeq || now.truncatedSeq !== head.truncatedSeq) throw occupied(head)
  const counters = await storage.countersOf(
    head,
    replicas.map(({ replica }) => replica),
  )
  if (replicas.some(({ nextCounter }, index) => nextCounter - 1 !== counters[index])) throw occupied(head)
  const { epoch } = now
  await compactLog({ storage, system, key: head, epoch, throughSeq: head.floorSeq })
  if (newEpochs && epoch === head.epoch) await storage.renewEpoch(head, head.epoch)
}

async function demandStored(storage: LogDriver, head: StreamHead, ops: Incoming['ops']): Promise<void> {
  for (let start = 0; start < ops.length;) {
    const range = { ...head, afterSeq: (ops[start]?.seq ?? 1) - 1, throughSeq: ops.at(-1)?.seq }
    const slice = await storage.read({ ...range, limitBytes: 1024 * 1024 })
    const found = slice?.ops ?? []
    const wanted = ops.slice(start, start + found.length)
    const isSame = Buffer.compare(encodeSequencedOps(found), encodeSequencedOps(wanted)) === 0
    if (found.length === 0 || !isSame) throw occupied(head)
    start += found.length
  }
}

function occupied({ workspace, stream }: StreamHead): Error {
  return createError(
    'stream/exists',
    `The workspace "${workspace}" is in use: it holds a stream "${stream}" that is no part of this export. Import into an empty workspace, or name another one with --workspace.`,
    { details: { workspace, stream } },
  )
}
