import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SequencedOp } from '@flowsync/crdt'
import { createSystem } from '@flowsync/protocol'
import { streamsOf } from '../log/stream-pages.js'
import type { LogDriver, Snapshot, StreamHead, StreamReplica } from '../storage/driver.js'
import { exportWorkspace } from '../transfer/export-workspace.js'
import { importWorkspace } from '../transfer/import-workspace.js'
import { put, replica } from './engine-world.js'

/** Everything that can be read of a stream. */
export interface StoredStreamContent {
  readonly head: StreamHead
  readonly replicas: readonly StreamReplica[]
  readonly ops: readonly SequencedOp[]
  readonly snapshots: readonly Snapshot[]
}

/** Reads all streams of a workspace whole. */
export async function contentOf(storage: LogDriver, workspace: string): Promise<StoredStreamContent[]> {
  const content: StoredStreamContent[] = []
  for await (const head of streamsOf(storage, workspace)) {
    const ops: SequencedOp[] = []
    for (let seq = head.truncatedSeq; seq < head.headSeq; seq = ops.at(-1)?.seq ?? head.headSeq) {
      const slice = await storage.read({ ...head, afterSeq: seq, limitBytes: 1_000_000 })
      for (const op of slice?.ops ?? []) ops.push({ ...op, body: Uint8Array.from(op.body) })
    }
    const snapshots: Snapshot[] = []
    let snapshot = await storage.latestSnapshot(head)
    while (snapshot) {
      snapshots.push({ ...snapshot, state: Uint8Array.from(snapshot.state) })
      snapshot = await storage.latestSnapshot(head, snapshot.seq - 1)
    }
    content.push({ head, replicas: await storage.replicasOf(head, { limit: 10_000 }), ops, snapshots })
  }
  return content
}

/** Exports a workspace to a file, and imports that. */
export async function moveWorkspace(from: LogDriver, to: LogDriver, workspace: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flowsync-move-'))
  const file = join(folder, 'moved')
  const system = createSystem()
  try {
    await exportWorkspace({ storage: from, system, workspace, sink: createWriteStream(file) })
    await importWorkspace({ storage: to, system, file })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/**
 * Fills a workspace with streams of every kind: empty, short, long, compacted, truncated, truncated and gone on, with
 * replicas of several subjects, large and tiny ops.
 */
export async function fillWorkspace(storage: LogDriver, workspace: string): Promise<void> {
  await openNote(storage, workspace, 'empty')
  await write(storage, workspace, 'short', 3)
  await write(storage, workspace, 'ünïcode', 40, 20_000)
  await write(storage, workspace, 'long', 2_500)
  await snapshot(storage, workspace, 'long', 700)
  await snapshot(storage, workspace, 'long', 2_400)
  await write(storage, workspace, 'compacted', 1_200)
  await snapshot(storage, workspace, 'compacted', 1_100)
  await compact(storage, workspace, 'compacted', 1_000)
  await write(storage, workspace, 'compacted', 50)
  await write(storage, workspace, 'erased', 60)
  await truncate(storage, workspace, 'erased')
  await write(storage, workspace, 'cut', 60)
  await truncate(storage, workspace, 'cut')
  await write(storage, workspace, 'cut', 30)
}

async function openNote(storage: LogDriver, workspace: string, name: string): Promise<StreamHead> {
  return storage.openStream({ workspace, stream: `note:${name}`, rule: 'tape', ruleVersion: 1 })
}

async function write(
  storage: LogDriver,
  workspace: string,
  name: string,
  count: number,
  opBytes = 3,
): Promise<void> {
  const head = await openNote(storage, workspace, name)
  for (let done = 0; done < count;) {
    const author = done % 3
    const [through = 0] = await storage.countersOf(head, [replica(author + 1)])
    const base = head.headSeq + done
    const ops = Array.from({ length: Math.min(25, count - done) }, (_, index) =>
      put(replica(author + 1), through + 1 + index * opBytes, 'x'.repeat(opBytes), base),
    )
    const [outcome] = await storage.append([{ ...head, subject: `subject ${author}`, ops }])
    if (outcome?.kind !== 'ok') throw outcome?.error ?? new Error('no outcome')
    done += ops.length
  }
}

async function snapshot(storage: LogDriver, workspace: string, name: string, seq: number): Promise<void> {
  const { epoch } = await openNote(storage, workspace, name)
  const state = Uint8Array.from({ length: 500 }, (_, index) => (seq * 31 + index * index) & 0xff)
  await storage.putSnapshot({ workspace, stream: `note:${name}` }, { epoch, seq, state })
}

async function compact(storage: LogDriver, workspace: string, name: string, throughSeq: number) {
  const head = await openNote(storage, workspace, name)
  for (let floorSeq = -1; ;) {
    const next = await storage.compact(head, head.epoch, throughSeq)
    if (!next || next.floorSeq === floorSeq) return
    floorSeq = next.floorSeq
  }
}

async function truncate(storage: LogDriver, workspace: string, name: string): Promise<void> {
  const { epoch, headSeq } = await openNote(storage, workspace, name)
  await snapshot(storage, workspace, name, headSeq)
  await storage.truncate({ workspace, stream: `note:${name}` }, epoch, headSeq)
}
