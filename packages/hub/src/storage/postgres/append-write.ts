import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { CachedStream } from '../cached-stream.js'
import type { AppendBatch, AppendOutcome } from '../driver.js'
import { rowsOf } from '../log-rows.js'
import { stageBatches } from '../stage-batches.js'
import type { LogCache } from './log-cache.js'
import type { Session, Statement, StatementValue } from './session.js'

interface NewReplica {
  readonly number: number
  readonly workspace: string
  readonly replica: ReplicaId
  readonly subject: string
}

interface NewMark {
  readonly stream: number
  readonly replica: number
  readonly counter: number
  readonly seq: number
}

/**
 * All that an append changes, in one statement, which fails with a division by zero unless every stream is where it is
 * believed to be. Two hubs that bind one replica to two subjects at the same time meet in its unique name: the second one
 * waits for the first, fails, and decides again with what the first has stored. Streams are locked in the order of their
 * numbers and names inserted in theirs, after all locks of streams are held: nobody waits in a circle.
 * The bytes of all rows come as one value, which is sent as it is; arrays of them would be written in hex.
 */
const writeStatement = (name: string, more: string): Statement => ({
  name,
  text: `WITH moved AS (
      UPDATE stream SET head_seq = n.head
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS n (id, former, head, epoch)
      WHERE stream.id = n.id AND stream.head_seq = n.former AND stream.epoch = n.epoch
      RETURNING stream.id
    )${more}
    INSERT INTO log (stream, first, last, ops)
    SELECT n.stream, n.first, n.last, substring($10::bytea FROM n.start FOR n.length)
    FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::integer[], $9::integer[])
      AS n (stream, first, last, start, length)
    WHERE 1 / (SELECT (count(*) = cardinality($1::bigint[]))::integer FROM moved) = 1`,
})
/** Most appends bring ops alone. */
const WRITE = writeStatement('append', '')
const WRITE_ALL = writeStatement(
  'append_all',
  `, marked AS (
      INSERT INTO mark (stream, replica, counter, seq)
      SELECT * FROM unnest($11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])
    ), bound AS (
      INSERT INTO replica (id, workspace, hex, subject)
      SELECT n.id, n.workspace, n.hex, decode(n.subject, 'hex')
      FROM unnest($15::bigint[], $16::text[], $17::text[], $18::text[]) AS n (id, workspace, hex, subject)
    )`,
)
const RESERVE: Statement = {
  name: 'reserve_numbers',
  text: `SELECT nextval('replica_number') AS number FROM generate_series(1, $1)`,
}
/** Some more than are needed, so that most new replicas cost no question. */
const RESERVED = 16
const CACHED_PLACES = 10_000

/** Draws numbers for replicas that may be new, unless enough are at hand. */
export async function reserveNumbers(session: Session, needed: number): Promise<void> {
  const { cache } = session
  if (cache.reserved >= needed) return
  const rows = await session.query<{ number: number }>(RESERVE, [needed - cache.reserved + RESERVED])
  cache.addReserve(rows.map(({ number }) => number))
}

/** What one transaction is to write. */
export class AppendWrite {
  private readonly cache: LogCache
  private readonly replicas: NewReplica[] = []
  private readonly marks: NewMark[] = []
  private readonly streams = new Set<CachedStream>()

  constructor(cache: LogCache) {
    this.cache = cache
  }

  /** Decides over the batches; all they can ask for is in the cache. */
  stage(batches: readonly AppendBatch[]): AppendOutcome[] {
    const outcomes = stageBatches(batches, {
      streamOf: (batch) => this.cache.stream(batch),
      bind: (stream, replica, subject) => this.bind(stream.workspace, replica, subject),
      mark: (stream, replica, { counter, seq }) => {
        this.marks.push({ stream: stream.number, replica, counter, seq })
      },
    })
    for (const batch of batches) {
      const stream = this.cache.stream(batch)
      if (stream && stream.staged.length > 0) this.streams.add(stream)
    }
    return outcomes
  }

  get isEmpty(): boolean {
    return this.streams.size === 0
  }

  /**
   * Sends it, within a transaction or as one of its own.
   * @throws FlowSyncError one that `isStale` knows when a stream is not where the cache says, and nothing is written
   */
  send(session: Session): Promise<unknown> {
    const { marks, replicas } = this
    const values = this.logValues([...this.streams].sort((a, b) => a.number - b.number))
    if (marks.length === 0 && replicas.length === 0) return session.query(WRITE, values)
    replicas.sort((a, b) => (`${a.workspace}/${a.replica}` < `${b.workspace}/${b.replica}` ? -1 : 1))
    return session.query(WRITE_ALL, [
      ...values,
      marks.map(({ stream }) => stream),
      marks.map(({ replica }) => replica),
      marks.map(({ counter }) => counter),
      marks.map(({ seq }) => seq),
      replicas.map(({ number }) => number),
      replicas.map(({ workspace }) => workspace),
      replicas.map(({ replica }) => replica),
      replicas.map(({ subject }) => Buffer.from(subject).toString('hex')),
    ])
  }

  /** Notes in the cache that it is durable. */
  settle(): void {
    for (const stream of this.streams) {
      stream.committedHeadSeq = stream.headSeq
      stream.staged = []
      if (stream.places.size > CACHED_PLACES) stream.places.clear()
    }
    this.cache.trim()
  }

  private logValues(streams: readonly CachedStream[]): StatementValue[] {
    const numbers: number[] = []
    const firsts: number[] = []
    const lasts: number[] = []
    const starts: number[] = []
    const lengths: number[] = []
    const bytes: Uint8Array[] = []
    let start = 1
    for (const stream of streams) {
      const own = rowsOf(stream.staged, (replica) => this.numberIn(stream, replica))
      own.forEach(({ first, ops }, index) => {
        numbers.push(stream.number)
        firsts.push(first)
        lasts.push((own[index + 1]?.first ?? stream.headSeq + 1) - 1)
        starts.push(start)
        lengths.push(ops.length)
        bytes.push(ops)
        start += ops.length
      })
    }
    return [
      streams.map(({ number }) => number),
      streams.map(({ committedHeadSeq }) => committedHeadSeq),
      streams.map(({ headSeq }) => headSeq),
      streams.map(({ epoch }) => epoch),
      ...[numbers, firsts, lasts, starts, lengths],
      Buffer.concat(bytes),
    ]
  }

  private bind(workspace: string, replica: ReplicaId, subject: string): number {
    const known = this.cache.replica(workspace, replica)
    if (known) return known.number
    const number = this.cache.takeNumber()
    if (number === undefined) throw new Error('no number is reserved for a new replica')
    this.replicas.push({ number, workspace, replica, subject })
    this.cache.keepReplica(workspace, replica, { number, subject })
    return number
  }

  private numberIn(stream: CachedStream, replica: SequencedOp['replica']): number {
    const number = stream.places.get(replica)?.number ?? this.cache.replica(stream.workspace, replica)?.number
    if (number === undefined) throw createError('storage/corrupt', `Replica ${replica} has no number.`)
    return number
  }
}
