import type { SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { LogSlice, ReadRange, StreamHead, StreamKey } from '../driver.js'
import { opsOfRow } from '../log-rows.js'
import { MARK_REACH } from '../marks.js'
import { sizeOfOp } from '../op-size.js'
import { streamTruncated } from '../plan-append.js'
import { opsOfSegment } from '../segment.js'
import { marksUpTo, seqOfMark } from './mark-member.js'
import { findMark, readLog } from './read-scripts.js'
import type { RedisLink } from './redis-link.js'
import { headOf, type HeadReply, plainBytes, seqOfId } from './replies.js'
import type { ReplicaNumbers } from './replica-numbers.js'
import type { StoreKeys } from './store-keys.js'

/** A page of the log: what one script call answers. */
interface LogPage {
  readonly head: StreamHead
  /** Contiguous, perhaps with ops before the range or behind it. */
  readonly ops: readonly SequencedOp[]
}

type PageReply = readonly [head: HeadReply, kind: Buffer, ...entries: Buffer[]] | null

/** Reads logs, page by page. */
export class LogReader {
  private readonly link: RedisLink
  private readonly keys: StoreKeys
  private readonly replicas: ReplicaNumbers

  constructor(link: RedisLink, keys: StoreKeys, replicas: ReplicaNumbers) {
    this.link = link
    this.keys = keys
    this.replicas = replicas
  }

  /** See `LogDriver.read`. What another driver does in between shows in none of it, or ends the slice early. */
  async read(range: ReadRange): Promise<LogSlice | undefined> {
    const { afterSeq, limitBytes, throughSeq = Number.MAX_SAFE_INTEGER } = range
    const first = await this.page(range, afterSeq, throughSeq, limitBytes)
    if (!first) return undefined
    const { epoch, headSeq, floorSeq, truncatedSeq } = first.head
    if (afterSeq < truncatedSeq) throw streamTruncated(range.stream)
    const ops: SequencedOp[] = []
    const lastSeq = Math.min(throughSeq, headSeq)
    let bytes = 0
    for (let page: LogPage | undefined = first; page?.head.epoch === epoch;) {
      const lengthBefore = ops.length
      for (const op of page.ops) {
        if (op.seq !== afterSeq + ops.length + 1 || op.seq > lastSeq || bytes >= limitBytes) continue
        ops.push(op)
        bytes += sizeOfOp(op)
      }
      const reached = afterSeq + ops.length
      if (reached >= lastSeq || bytes >= limitBytes) break
      if (ops.length === lengthBefore) throw logGap(range.stream, reached + 1)
      page = await this.page(range, reached, lastSeq, limitBytes - bytes)
    }
    return { epoch, headSeq, floorSeq, truncatedSeq, ops }
  }

  /** All ops from one seq through another, as far as there are any. */
  async opsOf(key: StreamKey, fromSeq: number, throughSeq: number): Promise<readonly SequencedOp[]> {
    const { workspace, stream } = key
    const slice = await this.read({
      workspace,
      stream,
      afterSeq: fromSeq - 1,
      throughSeq,
      limitBytes: Number.MAX_SAFE_INTEGER,
    })
    return slice?.ops ?? []
  }

  /** The ops among which the replica's op with this counter is, if it is stored and not truncated. */
  async around(key: StreamKey, replicaNumber: number, counter: number): Promise<readonly SequencedOp[]> {
    const { marks } = this.keys.stream(key)
    const found = (await this.link.run(findMark, [marks], marksUpTo(replicaNumber, counter))) as Buffer[]
    const [mark] = found
    if (!mark) return []
    const seq = seqOfMark(mark)
    return this.opsOf(key, seq, seq + MARK_REACH - 1)
  }

  private async page(
    key: StreamKey,
    afterSeq: number,
    throughSeq: number,
    limitBytes: number,
  ): Promise<LogPage | undefined> {
    const { head, log, segments } = this.keys.stream(key)
    const args = [afterSeq, throughSeq, limitBytes].map(String)
    const reply = (await this.link.run(readLog, [head, log, segments], args)) as PageReply
    if (!reply) return undefined
    const [position, kind, ...entries] = reply
    const ops = await this.replicas.decode(key.workspace, (nameOf) =>
      kind.toString() === 'segment' ? segmentOps(entries, nameOf) : rowOps(entries, nameOf),
    )
    return { head: headOf(key, position), ops }
  }
}

type NameOf = Parameters<typeof opsOfRow>[1]

function segmentOps([id, last, bytes]: readonly Buffer[], nameOf: NameOf): SequencedOp[] {
  if (!id || !last || !bytes) return []
  return opsOfSegment({ first: seqOfId(id), last: Number(last), bytes: plainBytes(bytes) }, nameOf)
}

function rowOps(entries: readonly Buffer[], nameOf: NameOf): SequencedOp[] {
  const ops: SequencedOp[] = []
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const [id, bytes] = entries.slice(at, at + 2)
    if (id && bytes) ops.push(...opsOfRow({ first: seqOfId(id), ops: plainBytes(bytes) }, nameOf))
  }
  return ops
}

function logGap(stream: string, seq: number): Error {
  return createError('storage/corrupt', `The log of "${stream}" has no op at seq ${seq}.`)
}
