import { isFlowSyncError, type AnyMergeRule } from '@flowsync/crdt'
import {
  createError,
  matchesPattern,
  type StreamDefinitions,
  type StreamPattern,
  type System,
} from '@flowsync/protocol'
import { compactLog } from '../log/compact-log.js'
import { findCleanCut } from '../log/find-clean-cut.js'
import { streamsOf, workspacesOf } from '../log/stream-pages.js'
import { takeSnapshot } from '../log/take-snapshot.js'
import { truncateLog } from '../log/truncate-log.js'
import type { LogDriver, StreamHead } from '../storage/driver.js'

/** Which streams, and what to do with them. */
export interface StreamCompaction {
  readonly storage: LogDriver
  readonly system: System
  readonly definitions: StreamDefinitions
  /** `*` for all. */
  readonly workspace: string
  /** All streams when empty. */
  readonly patterns: readonly StreamPattern[]
  /** The latest ops that stay in rows. */
  readonly keepOps: number
  readonly truncates: boolean
  readonly isDryRun: boolean
  readonly signal: AbortSignal
}

/** What became of one stream. */
export interface CompactedStream {
  readonly workspace: string
  readonly stream: string
  readonly ops: number
  /** Ops in rows before and after, and those that were erased. */
  readonly rowsBefore: number
  readonly rowsAfter: number
  readonly erased: number
  /** Why nothing was done, where something should have been. */
  readonly skipped?: string
}

const SETTLE_MS = 500

/** The streams of a storage that a command names, in order. */
export async function* chosenStreams(
  storage: LogDriver,
  workspace: string,
  patterns: readonly StreamPattern[],
): AsyncGenerator<StreamHead> {
  for await (const each of workspace === '*' ? workspacesOf(storage) : [workspace]) {
    for await (const head of streamsOf(storage, each)) {
      if (patterns.length > 0 && !patterns.some((pattern) => matchesPattern(pattern, head.stream))) continue
      yield head
    }
  }
}

/** @throws FlowSyncError `stream/unknown` when a command names no stream that is there */
export async function requireStreams(
  storage: LogDriver,
  workspace: string,
  patterns: readonly StreamPattern[],
): Promise<void> {
  const { done } = await chosenStreams(storage, workspace, patterns).next()
  if (!done) return
  const what = patterns.length > 0 ? 'no such stream' : 'no stream'
  throw createError('stream/unknown', `There is ${what} in workspace ${workspace}.`)
}

/**
 * Compacts or truncates streams one after the other, and tells of each one that there is something to do for.
 * Hubs may write to them meanwhile, where the storage can be shared.
 * @throws FlowSyncError `storage/*`; what was done stays done
 */
export async function* compactStreams(options: StreamCompaction): AsyncGenerator<CompactedStream> {
  const { storage, workspace, patterns, truncates, keepOps, signal } = options
  for await (const head of chosenStreams(storage, workspace, patterns)) {
    signal.throwIfAborted()
    const isDue = truncates ? head.headSeq > head.truncatedSeq : head.headSeq - keepOps > head.floorSeq
    if (isDue) yield await compacted(options, head)
  }
}

async function compacted(options: StreamCompaction, head: StreamHead): Promise<CompactedStream> {
  const rule = ruleOf(options.definitions, head)
  if (typeof rule === 'string') return outcome(head, head, rule)
  if (options.isDryRun) return outcome(head, planned(options, head))
  try {
    const after = options.truncates
      ? await truncateLog({ ...options, key: head, rule })
      : await compact(options, head, rule)
    return outcome(head, after ?? head)
  } catch (error) {
    if (isFlowSyncError(error) && !error.code.startsWith('storage/'))
      return outcome(head, head, error.message)
    throw error
  }
}

function planned({ truncates, keepOps }: StreamCompaction, head: StreamHead): StreamHead {
  const { headSeq } = head
  return truncates
    ? { ...head, floorSeq: headSeq, truncatedSeq: headSeq }
    : { ...head, floorSeq: headSeq - keepOps }
}

async function compact(
  { storage, system, keepOps, signal }: StreamCompaction,
  head: StreamHead,
  rule: AnyMergeRule,
): Promise<StreamHead | undefined> {
  const { epoch, headSeq } = head
  const throughSeq = headSeq - keepOps
  const source = { storage, system, key: head, rule }
  const latest = await storage.latestSnapshot(head)
  if ((latest?.seq ?? 0) < throughSeq) {
    const from = Math.max(latest?.seq ?? 0, head.truncatedSeq)
    const isQuiet = !storage.isShared || !rule.floor
    const cut = await findCleanCut(source, from, isQuiet ? 0 : SETTLE_MS)
    if (cut !== undefined) await takeSnapshot({ ...source, throughSeq: cut })
  }
  return compactLog({ ...source, epoch, throughSeq, isStopped: () => signal.aborted })
}

/** The rule, or why there is none. */
function ruleOf(definitions: StreamDefinitions, head: StreamHead): AnyMergeRule | string {
  try {
    const rule = definitions.ruleFor(head.stream)
    if (rule.name === head.rule && rule.version === head.ruleVersion) return rule
    return `it is stored as ${head.rule} version ${head.ruleVersion}, and defined as ${rule.name} version ${rule.version}`
  } catch (error) {
    if (isFlowSyncError(error)) return 'no merge rule is defined for it; give --streams'
    throw error
  }
}

function outcome(before: StreamHead, after: StreamHead, skipped?: string): CompactedStream {
  return {
    workspace: before.workspace,
    stream: before.stream,
    ops: before.headSeq,
    rowsBefore: before.headSeq - before.floorSeq,
    rowsAfter: after.headSeq - after.floorSeq,
    erased: after.truncatedSeq - before.truncatedSeq,
    ...(skipped === undefined ? {} : { skipped }),
  }
}
