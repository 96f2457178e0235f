import { type AnyMergeRule, Fold, type FoldOrigin, isFlowSyncError } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import type { LogDriver, LogSlice, Snapshot, StreamKey } from '../storage/driver.js'
import { yieldTo } from './yield-to.js'

/** A fold whose types are known to its rule alone. */
export type AnyFold = Fold<unknown, unknown, unknown, unknown, unknown>

/** A stream folded up to some seq. */
export interface FoldedLog {
  readonly epoch: string
  readonly fold: AnyFold
  /** Ops folded since the snapshot it began with. */
  readonly foldedOps: number
}

/** What a fold is made of. */
export interface FoldSource {
  readonly storage: LogDriver
  readonly system: System
  readonly key: StreamKey
  readonly rule: AnyMergeRule
  /** Where to stop. Default: the head. */
  readonly throughSeq?: number
}

const PAGE_BYTES = 256 * 1024
const SLICE_MS = 5
const OPS_BETWEEN_LOOKS = 32
/** How often a log may begin another life while it is folded. */
const MAX_RESTARTS = 8

type Advanced =
  | { readonly kind: 'done'; readonly epoch: string; readonly ops: number }
  | { readonly kind: 'needs'; readonly base: number }
  /** The log has begun another life: what was folded may not be a part of it. */
  | { readonly kind: 'moved' }

/**
 * Folds a stream up to its head, or to `throughSeq`, from its latest snapshot and the log after it, in slices that leave the event loop free.
 * An op that was made on a version before the snapshot makes it begin again from an older one; so does a log that
 * is reset or truncated meanwhile.
 *
 * Undefined when the stream does not exist. Never folds what is in memory only: the log is the truth.
 * @throws FlowSyncError `storage/*`
 */
export async function foldLog(source: FoldSource): Promise<FoldedLog | undefined> {
  const throughSeq = source.throughSeq ?? Number.MAX_SAFE_INTEGER
  let atOrBelow = throughSeq
  let restarts = 0
  for (;;) {
    const snapshot = await source.storage.latestSnapshot(source.key, atOrBelow)
    const fold = startFold(source.rule, snapshot)
    if (!fold) {
      atOrBelow = (snapshot?.seq ?? 1) - 1
      continue
    }
    const advanced = await advance(source, fold, snapshot?.epoch)
    if (!advanced) return undefined
    if (advanced.kind === 'done') return { epoch: advanced.epoch, fold, foldedOps: advanced.ops }
    if (advanced.kind === 'moved') {
      if (restarts++ >= MAX_RESTARTS) throw withoutBeginning(snapshot)
      atOrBelow = throughSeq
      continue
    }
    if (!snapshot) throw withoutBeginning(snapshot)
    atOrBelow = Math.min(advanced.base, snapshot.seq - 1)
  }
}

/** Undefined when the snapshot cannot be read: an older one, or the whole log, will do. */
function startFold(rule: AnyMergeRule, origin: FoldOrigin | undefined): AnyFold | undefined {
  try {
    return new Fold(rule, origin)
  } catch (error) {
    if (origin && isFlowSyncError(error)) return undefined
    throw error
  }
}

async function advance(
  source: FoldSource,
  fold: AnyFold,
  expectedEpoch: string | undefined,
): Promise<Advanced | undefined> {
  const { system } = source
  let epoch = expectedEpoch
  let ops = 0
  let sliceStartedMs = system.nowMs()
  for (;;) {
    const page = await readPage(source, fold.seq)
    if (!page) return undefined
    if (page === 'truncated' || page.epoch !== (epoch ??= page.epoch)) return { kind: 'moved' }
    if (page.ops.length === 0) return { kind: 'done', epoch, ops }
    for (const op of page.ops) {
      const received = fold.receive(op)
      if (received.kind === 'needs-history') return { kind: 'needs', base: received.base }
      if (++ops % OPS_BETWEEN_LOOKS !== 0 || system.nowMs() - sliceStartedMs < SLICE_MS) continue
      await yieldTo(system)
      sliceStartedMs = system.nowMs()
    }
  }
}

async function readPage(
  { storage, key, throughSeq }: FoldSource,
  afterSeq: number,
): Promise<LogSlice | 'truncated' | undefined> {
  try {
    return await storage.read({ ...key, afterSeq, limitBytes: PAGE_BYTES, throughSeq })
  } catch (error) {
    if (isFlowSyncError(error) && error.code === 'stream/truncated') return 'truncated'
    throw error
  }
}

function withoutBeginning(snapshot: Snapshot | undefined): Error {
  return createError(
    'storage/corrupt',
    snapshot
      ? 'The log and its snapshots do not belong together.'
      : 'What the log begins with is neither there nor in a snapshot that can be read.',
  )
}
