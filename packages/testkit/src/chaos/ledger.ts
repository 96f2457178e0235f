import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Batch, ReceiptAck, WireAck, WireClaim } from './evidence.js'

/** What was promised about one stream. */
export interface StreamPromises {
  /** By replica and counter: where the hub said that the op is. */
  readonly acks: Map<string, WireAck>
  /** By replica: up to which counter the hub said that it has all. */
  readonly claims: Map<string, WireClaim>
  readonly receipts: ReceiptAck[]
  /** How many marked edits each author has made. */
  readonly made: Map<number, number>
  readonly batches: Batch[]
}

/**
 * All that was made and all that was promised during a run, kept outside of everything that is killed. Also written to a file as it comes
 * in, for whoever looks into a failure.
 */
export class Ledger {
  readonly streams = new Map<string, StreamPromises>()
  /** Promises that contradict each other. */
  readonly problems: string[] = []
  private readonly file: WriteStream

  constructor(path: string) {
    this.file = createWriteStream(path)
  }

  /** Different ops that were acknowledged. */
  get ackedCount(): number {
    return [...this.streams.values()].reduce((sum, { acks }) => sum + acks.size, 0)
  }

  /** Marked edits that were made. */
  get madeCount(): number {
    return [...this.streams.values()]
      .flatMap(({ made }) => [...made.values()])
      .reduce((sum, count) => sum + count, 0)
  }

  addAck(ack: WireAck): void {
    this.note(ack)
    const { acks } = this.of(ack.stream)
    const id = `${ack.replica}/${ack.counter}`
    const former = acks.get(id)
    if (former && (former.seq !== ack.seq || former.epoch !== ack.epoch)) {
      this.problems.push(
        `G2: ${ack.stream}: counter ${ack.counter} of ${ack.replica.slice(0, 6)} was acknowledged at seq ${former.seq} of epoch ${former.epoch}, and again at ${ack.seq} of ${ack.epoch}`,
      )
    }
    acks.set(id, former ?? ack)
  }

  addClaim(claim: WireClaim): void {
    if (claim.through === 0) return
    this.note(claim)
    const { claims } = this.of(claim.stream)
    const former = claims.get(claim.replica)
    if (!former || former.through < claim.through) claims.set(claim.replica, claim)
  }

  addReceipt(ack: ReceiptAck): void {
    this.note(ack)
    this.of(ack.stream).receipts.push(ack)
  }

  addMade(author: number, stream: string, n: number): void {
    this.note({ author, stream, n })
    const { made } = this.of(stream)
    made.set(author, Math.max(made.get(author) ?? 0, n))
  }

  addBatch(batch: Batch): void {
    this.note(batch)
    this.of(batch.stream).batches.push(batch)
  }

  async close(): Promise<void> {
    this.file.end()
    await once(this.file, 'close')
  }

  private note(entry: object): void {
    this.file.write(`${JSON.stringify(entry)}\n`)
  }

  private of(stream: string): StreamPromises {
    const former = this.streams.get(stream)
    if (former) return former
    const promises: StreamPromises = {
      acks: new Map(),
      claims: new Map(),
      receipts: [],
      made: new Map(),
      batches: [],
    }
    this.streams.set(stream, promises)
    return promises
  }
}
