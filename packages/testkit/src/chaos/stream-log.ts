import { Fold, type AnyMergeRule, type SequencedOp } from '@flowsync/crdt'
import type { LogDriver } from '@flowsync/hub'
import { authorOfWeight, CHAOS_WORKSPACE, marksIn, type Mark } from './marks.js'
import { streams } from './streams.js'

/** The log of one stream as the store has it, read by nobody but the check. */
export interface StreamLog {
  readonly stream: string
  readonly epoch: string
  readonly ops: readonly SequencedOp[]
  /** What each op adds; undefined for removals. */
  readonly marks: readonly (Mark | undefined)[]
  /** The encoded state of a fold of all of it. */
  readonly state: Uint8Array
  readonly value: unknown
  /** What is wrong with folding it. */
  readonly problems: readonly string[]
}

const PAGE_BYTES = 1_000_000

/** Reads the whole log of a stream through the driver of its store. A stream that does not exist is empty. */
export async function readStreamLog(driver: LogDriver, stream: string): Promise<StreamLog> {
  const ops: SequencedOp[] = []
  let epoch = ''
  for (;;) {
    const range = {
      workspace: CHAOS_WORKSPACE,
      stream,
      afterSeq: ops.at(-1)?.seq ?? 0,
      limitBytes: PAGE_BYTES,
    }
    const slice = await driver.read(range)
    epoch = slice?.epoch ?? epoch
    if (!slice || slice.ops.length === 0) break
    ops.push(...slice.ops)
  }
  return foldStreamLog(stream, epoch, ops)
}

/** Folds a log and finds what each op of it adds. */
export function foldStreamLog(stream: string, epoch: string, ops: readonly SequencedOp[]): StreamLog {
  const rule: AnyMergeRule = streams.ruleFor(stream)
  const fold = new Fold(rule)
  const marks: (Mark | undefined)[] = []
  const problems: string[] = []
  for (const op of ops) {
    const before = fold.value
    const received = fold.receive(op)
    if (received.kind !== 'applied')
      problems.push(`G3: ${stream}: folding seq ${op.seq} of the log is "${received.kind}"`)
    marks.push(
      typeof before === 'number'
        ? countedMark(stream, before, fold.value as number, marks)
        : markOfOp(rule, op),
    )
  }
  return { stream, epoch, ops, marks, state: fold.encodeState(), value: fold.value, problems }
}

function countedMark(
  stream: string,
  before: number,
  after: number,
  marks: readonly (Mark | undefined)[],
): Mark | undefined {
  const author = authorOfWeight(stream, after - before)
  if (author === undefined) return undefined
  return { author, n: marks.filter((mark) => mark?.author === author).length + 1 }
}

function markOfOp(rule: AnyMergeRule, { body }: SequencedOp): Mark | undefined {
  const decoded: unknown = rule.decodeBody(body)
  // The removal of an element names it too.
  if (typeof decoded === 'object' && decoded !== null && 'op' in decoded && decoded.op === 'delete')
    return undefined
  return marksIn(Buffer.from(body).toString('latin1'))[0]
}
