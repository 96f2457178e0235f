import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { ByteWriter } from '@flowsync/crdt'
import { encodeSequencedOps } from '@flowsync/protocol'
import {
  type ExportCounts,
  type ExportHeader,
  type ExportRecord,
  type ExportTrailer,
  FORMAT,
  MAGIC,
  RECORD,
  type RecordType,
} from './export-format.js'

/** Writes an export: records with their lengths, hashed and compressed. At most a few of them are in memory. */
export class RecordWriter {
  private readonly gzip: Gzip
  private readonly piped: Promise<void>
  private readonly hash = createHash('sha256')
  private failure: Error | undefined

  constructor(sink: Writable) {
    this.gzip = createGzip()
    this.piped = pipeline(this.gzip, sink)
    this.piped.catch((error: Error) => (this.failure = error))
  }

  async begin(header: Omit<ExportHeader, 'format'>): Promise<void> {
    await this.put(Buffer.from(MAGIC))
    await this.record(RECORD.header, json({ format: FORMAT, ...header }))
  }

  async write(record: ExportRecord): Promise<void> {
    switch (record.kind) {
      case 'stream': {
        const { stream, rule, ruleVersion, epoch, headSeq, floorSeq, truncatedSeq } = record.head
        const head = { stream, rule, ruleVersion, epoch, headSeq, floorSeq, truncatedSeq }
        return this.record(RECORD.stream, json(head))
      }
      case 'replicas':
        return this.record(RECORD.replicas, json(record.replicas))
      case 'ops':
        return this.record(RECORD.ops, encodeSequencedOps(record.ops))
      case 'snapshot': {
        const { seq, state } = record.snapshot
        const writer = new ByteWriter(state.length + 8)
        writer.varint(seq)
        writer.raw(state)
        return this.record(RECORD.snapshot, writer.view())
      }
      case 'streamEnd': {
        const { replicas, ops, snapshots } = record
        return this.record(RECORD.streamEnd, json({ replicas, ops, snapshots }))
      }
    }
  }

  /** Writes the trailer. Resolves once the sink has everything. */
  async end(counts: ExportCounts & { readonly streams: number }): Promise<ExportTrailer> {
    const trailer = { ...counts, sha256: this.hash.digest('hex') }
    const payload = json(trailer)
    this.gzip.write(lengthOf(RECORD.trailer, payload))
    this.gzip.end(payload)
    await this.piped
    return trailer
  }

  /** Lets go of the sink in the middle of it all. */
  async abort(): Promise<void> {
    this.gzip.destroy()
    await this.piped.catch(() => undefined)
  }

  private async record(type: RecordType, payload: Uint8Array): Promise<void> {
    await this.put(lengthOf(type, payload))
    await this.put(payload)
  }

  private async put(bytes: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure
    this.hash.update(bytes)
    if (this.gzip.write(bytes)) return
    await Promise.race([once(this.gzip, 'drain'), this.piped])
  }
}

function lengthOf(type: RecordType, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(type)
  head.writeUInt32LE(payload.length, 1)
  return head
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
