import type { ReplicaId } from '@flowsync/crdt'
import type { AppendBatch, StreamHead, StreamKey } from '../driver.js'
import { BoundedMap } from '../bounded-map.js'
import { LoadedStream } from './loaded-stream.js'
import type { LogReader } from './log-reader.js'
import { load } from './read-scripts.js'
import { OTHER_LIFE, type RedisLink } from './redis-link.js'
import { type HeadReply, headOf } from './replies.js'
import { parsePlace } from './replica-place.js'
import type { ReplicaNumbers } from './replica-numbers.js'
import type { KnownHead } from './store-life.js'
import type { StoreKeys } from './store-keys.js'

/** What is to be read of a stream. */
export interface Wanted {
  readonly key: StreamKey
  /** Who would be bound: each gets a number. */
  readonly authors: ReadonlySet<ReplicaId>
  readonly others: ReadonlySet<ReplicaId>
}

type StreamReply = readonly [head: HeadReply, ...replicas: (Buffer | null)[]] | null

const NOBODY: ReadonlySet<ReplicaId> = new Set()
const CACHED_STREAMS = 10_000
const CACHED_PLACES = 10_000

/** Reads what appends need of streams, and keeps it for as long as nobody else changes them. */
export class StreamLoader {
  private readonly link: RedisLink
  private readonly keys: StoreKeys
  private readonly replicas: ReplicaNumbers
  private readonly reader: LogReader
  private readonly opened = new BoundedMap<string, LoadedStream>(CACHED_STREAMS)

  constructor(link: RedisLink, keys: StoreKeys, replicas: ReplicaNumbers, reader: LogReader) {
    this.link = link
    this.keys = keys
    this.replicas = replicas
    this.reader = reader
  }

  /** As it was read last. */
  get(key: StreamKey): LoadedStream | undefined {
    return this.opened.get(nameOf(key))
  }

  forget(key: StreamKey): void {
    this.opened.delete(nameOf(key))
  }

  clear(): void {
    this.opened.clear()
  }

  /** How far the streams were when they were last read or appended to. */
  knownHeads(): KnownHead[] {
    return [...this.opened.values()].map(({ head, epoch, committedHeadSeq }) => {
      return { key: this.keys.stream(head).head, epoch, headSeq: committedHeadSeq }
    })
  }

  /** Drops what was longest not asked for; call between appends. */
  trim(touched: Iterable<LoadedStream>): void {
    for (const stream of touched) {
      if (stream.places.size + stream.strangers.size > CACHED_PLACES) stream.forgetReplicas()
    }
    this.opened.trim()
    this.replicas.trim()
  }

  /** Reads what is not known yet of the streams and replicas that the batches name. False in another life. */
  async prepare(life: string, batches: readonly AppendBatch[]): Promise<boolean> {
    const wants = wantedBy(batches)
    let wanted = wants.flatMap((want) => this.missingOf(want))
    while (wanted.length > 0) {
      const streams = await this.fetch(life, wanted, (key) => this.get(key))
      if (!streams) return false
      wanted.forEach(({ key }, index) => {
        const stream = streams[index]
        if (stream) this.opened.set(nameOf(key), stream)
        else this.forget(key)
      })
      // A stream that has moved meanwhile was begun anew: all that is wanted of it is to be read.
      wanted = wants.filter(({ key }) => this.get(key)).flatMap((want) => this.missingOf(want))
    }
    for (const batch of batches) await this.findRetried(batch)
    return true
  }

  /** The stream and some of its replicas as they are now. Does not touch what is kept for appends. */
  async look(key: StreamKey, replicas: readonly ReplicaId[]): Promise<LoadedStream | undefined> {
    for (;;) {
      const { life } = await this.link.connect()
      const streams = await this.fetch(life, [{ key, authors: NOBODY, others: new Set(replicas) }])
      if (streams) return streams[0]
    }
  }

  /** Reads what is wanted, into streams that are known if they have not moved. Undefined in another life. */
  async fetch(
    life: string,
    wanted: readonly Wanted[],
    known: (key: StreamKey) => LoadedStream | undefined = () => undefined,
  ): Promise<readonly (LoadedStream | undefined)[] | undefined> {
    const keys: string[] = []
    const args: (string | Buffer)[] = [String(wanted.length)]
    for (const { key, authors, others } of wanted) {
      const { head, places } = this.keys.stream(key)
      keys.push(head, places, this.keys.workspace(key.workspace).replicas)
      args.push(String(authors.size), String(others.size))
      for (const replica of [...authors, ...others]) args.push(Buffer.from(replica, 'hex'))
    }
    const replies = await this.link.runIn(life, load, keys, args)
    if (replies === OTHER_LIFE) return undefined
    return wanted.map((want, index) =>
      this.take(want, (replies as StreamReply[])[index] ?? null, known(want.key)),
    )
  }

  private missingOf({ key, authors, others }: Wanted): Wanted[] {
    const stream = this.get(key)
    if (!stream) return [{ key, authors, others }]
    const hasNumber = (replica: ReplicaId): boolean => this.replicas.get(key.workspace, replica) !== undefined
    const missing = {
      key,
      authors: new Set([...authors].filter((replica) => !stream.knows(replica) || !hasNumber(replica))),
      others: new Set(
        [...others].filter(
          (replica) => !stream.strangers.has(replica) && !(stream.knows(replica) && hasNumber(replica)),
        ),
      ),
    }
    return missing.authors.size + missing.others.size > 0 ? [missing] : []
  }

  private take(
    { key, authors, others }: Wanted,
    reply: StreamReply,
    known: LoadedStream | undefined,
  ): LoadedStream | undefined {
    if (!reply) return undefined
    const [position, ...found] = reply
    const head = headOf(key, position)
    const stream = known && isSamePosition(known.head, head) ? known : new LoadedStream(head, this.replicas)
    ;[...authors, ...others].forEach((replica, index) => {
      const [number, subject, place] = found.slice(3 * index, 3 * index + 3)
      this.takeReplica(stream, replica, number, subject, place)
    })
    return stream
  }

  private takeReplica(
    stream: LoadedStream,
    replica: ReplicaId,
    number: Buffer | null | undefined,
    subject: Buffer | null | undefined,
    place: Buffer | null | undefined,
  ): void {
    if (number) {
      this.replicas.set(stream.workspace, replica, { number: Number(number), subject: subject?.toString() })
    }
    if (!number || !place) {
      stream.strangers.add(replica)
      return
    }
    const { truncatedCounter, ...rest } = parsePlace(place.toString())
    stream.places.set(replica, { number: Number(number), ...rest })
    if (truncatedCounter > 1) stream.truncatedCounters.set(replica, truncatedCounter)
  }

  /** Looks up the ops of the batch that are stored already, so that a retry gets its answer. */
  private async findRetried(batch: AppendBatch): Promise<void> {
    const stream = this.get(batch)
    if (!stream) return
    for (const { replica, counter } of batch.ops) {
      const place = stream.places.get(replica)
      if (!place || counter >= place.nextCounter || stream.stored.has(`${replica}/${counter}`)) continue
      if (counter < (stream.truncatedCounters.get(replica) ?? 1)) {
        stream.stored.set(`${replica}/${counter}`, 'truncated')
        continue
      }
      for (const op of await this.reader.around(batch, place.number, counter)) {
        stream.stored.set(`${op.replica}/${op.counter}`, op)
      }
      // The batch will be refused: what else it holds does not matter.
      if (!stream.stored.has(`${replica}/${counter}`)) return
    }
  }
}

function wantedBy(batches: readonly AppendBatch[]): Wanted[] {
  const wanted = new Map<string, { key: StreamKey; authors: Set<ReplicaId>; others: Set<ReplicaId> }>()
  for (const { workspace, stream, ops } of batches) {
    const key = { workspace, stream }
    const want = wanted.get(nameOf(key)) ?? { key, authors: new Set(), others: new Set() }
    wanted.set(nameOf(key), want)
    for (const op of ops) want.authors.add(op.replica)
    for (const op of ops) for (const known of op.extra) want.others.add(known.replica)
  }
  for (const { authors, others } of wanted.values()) for (const author of authors) others.delete(author)
  return [...wanted.values()]
}

function isSamePosition(a: StreamHead, b: StreamHead): boolean {
  return a.epoch === b.epoch && a.headSeq === b.headSeq && a.truncatedSeq === b.truncatedSeq
}

function nameOf({ workspace, stream }: StreamKey): string {
  return `${workspace}/${stream}`
}
