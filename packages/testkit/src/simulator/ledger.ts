import type { SequencedOp } from '@flowsync/crdt'
import { findMarker } from './log-checks.js'
import type { SimulatedStream } from './scenario.js'
import { show, type Edit } from './workload.js'

/** Who makes edits. */
export interface Author {
  readonly device: number
  /** Which life of the device it is. */
  readonly incarnation: number
  /** The hub refuses what it writes. */
  readonly isReader: boolean
  /** Its outbox may be sent by another tab of its browser, at another time than what it makes later. */
  readonly isTab: boolean
}

/** What became of one edit, as its author was told. */
export interface LedgerEntry extends Author {
  readonly stream: SimulatedStream
  readonly edit: Edit
  /** `open`: its author died, or the run ended, before it was told. */
  saved: 'open' | 'yes' | 'no'
  ackedSeq: number | undefined
  /** Code of the hub's refusal. */
  refused: string | undefined
}

/**
 * Every edit of a run, written down outside the system under test, in the order its author made them.
 * What it holds of promises is compared with the log in the end.
 */
export class Ledger {
  private readonly entries: LedgerEntry[] = []

  add(author: Author, stream: SimulatedStream, edit: Edit): LedgerEntry {
    const entry: LedgerEntry = {
      ...author,
      stream,
      edit,
      saved: 'open',
      ackedSeq: undefined,
      refused: undefined,
    }
    this.entries.push(entry)
    return entry
  }

  get all(): readonly LedgerEntry[] {
    return this.entries
  }

  /** Edits of a device that a new instance on its disk must show. */
  savedOf(device: number, stream: SimulatedStream): readonly LedgerEntry[] {
    return this.entries.filter(
      (entry) =>
        entry.device === device &&
        entry.stream === stream &&
        entry.saved === 'yes' &&
        entry.refused === undefined,
    )
  }
}

/** How a ledger is compared. */
export interface LedgerCheck {
  /** Whether every outbox has drained, so that saved edits must be there. */
  readonly isFinal: boolean
  /** Whether an author may have heard only that the op is in by then, and not where. */
  readonly isForgotten?: (seq: number, ackedSeq: number) => boolean
}

/**
 * What is wrong with a stream's log in the light of the ledger (G1, G2): an acknowledged edit is at its seq and nowhere
 * else; a saved edit is there once; a device's edits stand in the order they were made.
 *
 * @param changes by how much each op changes a counter's value, in seq order; empty for other rules
 */
export function checkLedger(
  entries: readonly LedgerEntry[],
  ops: readonly SequencedOp[],
  changes: readonly number[],
  { isFinal, isForgotten = () => false }: LedgerCheck,
): string[] {
  const problems: string[] = []
  const lastSeqs = new Map<string, number>()

  for (const entry of entries) {
    const seqs = placesOf(entry.edit, ops, changes)
    if (seqs === undefined) continue
    const name = `the edit ${show(entry.edit.intent)} of device ${entry.device}`
    if (seqs.length > 1) problems.push(`G2: ${name} took effect ${seqs.length} times, at ${seqs.join(', ')}`)
    const { ackedSeq } = entry
    const isThere = (seq: number): boolean => seq === ackedSeq || isForgotten(seq, ackedSeq ?? 0)
    if (ackedSeq !== undefined && !seqs.slice(0, 1).some(isThere)) {
      problems.push(`G1: ${name} was acknowledged at seq ${ackedSeq} and is at ${seqs[0] ?? 'no place'}`)
    }
    if (entry.refused !== undefined && seqs.length > 0) {
      problems.push(`G2: ${name} was refused with ${entry.refused} and is at ${seqs.join(', ')}`)
    }
    const mustBeThere = isFinal && entry.saved === 'yes' && entry.refused === undefined && !entry.isReader
    if (mustBeThere && seqs.length === 0) {
      problems.push(`G2: ${name} was saved and never took effect`)
    }
    const [seq] = seqs
    if (seq === undefined) continue
    const chain = entry.isTab ? `${entry.device}/${entry.incarnation}` : `${entry.device}`
    const lastSeq = lastSeqs.get(chain) ?? 0
    if (seq < lastSeq)
      problems.push(`G2: ${name} is at ${seq}, before an earlier one of the device at ${lastSeq}`)
    lastSeqs.set(chain, Math.max(seq, lastSeq))
  }
  return problems
}

function placesOf(edit: Edit, ops: readonly SequencedOp[], changes: readonly number[]): number[] | undefined {
  if (edit.marker !== undefined) return findMarker(ops, edit.marker)
  if (edit.amount === 0) return undefined
  return changes.flatMap((change, index) => (change === edit.amount ? [index + 1] : []))
}
