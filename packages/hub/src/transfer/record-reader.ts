import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { pipeline } from 'node:stream'
import { ByteReader, isFlowSyncError } from '@flowsync/crdt'
import { decodeSequencedOps } from '@flowsync/protocol'
import {
  type ExportCounts,
  type ExportHeader,
  type ExportRecord,
  type ExportTrailer,
  fileInvalid,
  FORMAT,
  MAGIC,
  MAX_RECORD_BYTES,
  RECORD,
} from './export-format.js'
import { ByteSource } from './byte-source.js'

/** What {@link readRecords} gives: what the file begins and ends with, and the records between. */
export type FileRecord =
  | { readonly kind: 'header'; readonly header: ExportHeader }
  | ExportRecord
  | { readonly kind: 'trailer'; readonly trailer: ExportTrailer }

const NO_LIMITS = { frameBytes: Infinity, items: Infinity }
const HEAD_BYTES = 5

/**
 * Reads an export from the beginning. The trailer comes last, and only when everything before it is as it
 * was written: who has seen it has seen a whole file.
 * @throws FlowSyncError `transfer/file-invalid`
 */
export async function* readRecords(file: string): AsyncGenerator<FileRecord> {
  const gunzip = createGunzip()
  // An error of either ends the reading of the other, where it is seen.
  pipeline(createReadStream(file), gunzip, () => undefined)
  const source = new ByteSource(gunzip)
  const hash = createHash('sha256')
  let workspace: string | undefined
  try {
    const magic = await source.take(MAGIC.length)
    if (magic?.toString('latin1') !== MAGIC) throw fileInvalid('it is not an export of FlowSync.')
    hash.update(magic)
    for (;;) {
      const head = await source.take(HEAD_BYTES)
      if (!head) throw fileInvalid('it ends too early.')
      const [type, bytes] = [head.readUInt8(), head.readUInt32LE(1)]
      if (bytes > MAX_RECORD_BYTES) throw fileInvalid('it is damaged.')
      const payload = await source.take(bytes)
      if (!payload) throw fileInvalid('it ends too early.')
      if (type === RECORD.trailer) {
        yield { kind: 'trailer', trailer: await checkedTrailer(payload, hash.digest('hex'), source) }
        return
      }
      hash.update(head)
      hash.update(payload)
      if (workspace === undefined) {
        const header = headerOf(type, payload)
        workspace = header.workspace
        yield { kind: 'header', header }
      } else yield recordOf(type, plain(payload), workspace)
    }
  } catch (error) {
    throw readable(error)
  } finally {
    gunzip.destroy()
  }
}

function readable(error: unknown): unknown {
  if (isFlowSyncError(error) && error.code === 'transfer/file-invalid') return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') return fileInvalid('it ends too early.', error)
  if (code === 'Z_DATA_ERROR') return fileInvalid('it is damaged, or not an export of FlowSync.', error)
  if (error instanceof SyntaxError || isFlowSyncError(error)) return fileInvalid('it is damaged.', error)
  return error
}

async function checkedTrailer(payload: Buffer, sha256: string, source: ByteSource): Promise<ExportTrailer> {
  const trailer = parse(payload) as ExportTrailer
  if (trailer.sha256 !== sha256) throw fileInvalid('it is damaged: its checksum does not fit.')
  if (await source.take(1)) throw fileInvalid('something follows its end.')
  return trailer
}

function headerOf(type: number, payload: Buffer): ExportHeader {
  if (type !== RECORD.header) throw fileInvalid('it is damaged.')
  const header = parse(payload) as ExportHeader
  if (header.format === FORMAT) return header
  throw fileInvalid(`it has format ${header.format}, and this version of flowsync reads format ${FORMAT}.`)
}

function recordOf(type: number, payload: Uint8Array, workspace: string): ExportRecord {
  switch (type) {
    case RECORD.stream:
      return { kind: 'stream', head: { ...(parse(payload) as object), workspace } as never }
    case RECORD.replicas:
      return { kind: 'replicas', replicas: parse(payload) as never }
    case RECORD.ops:
      return { kind: 'ops', ops: decodeSequencedOps(payload, NO_LIMITS) }
    case RECORD.snapshot: {
      const reader = new ByteReader(payload)
      const seq = reader.varint()
      return { kind: 'snapshot', snapshot: { seq, state: reader.raw(reader.remaining) } }
    }
    case RECORD.streamEnd:
      return { kind: 'streamEnd', ...(parse(payload) as ExportCounts) }
    default:
      throw fileInvalid('it holds what this version of flowsync does not know.')
  }
}

function parse(payload: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(payload)) as unknown
}

/** What is read must not show that it was a Buffer once. */
function plain({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}
