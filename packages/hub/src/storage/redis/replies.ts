import { createError } from '@flowsync/protocol'
import type { StreamHead, StreamKey } from '../driver.js'

/** A head as the scripts answer it: rule, version, epoch, head, floor, truncated. */
export type HeadReply = readonly Buffer[]

/** @throws FlowSyncError `storage/corrupt` */
export function headOf({ workspace, stream }: StreamKey, reply: HeadReply): StreamHead {
  const [rule = '', version, epoch = '', head, floor, truncated] = reply.map(String)
  const numbers = [version, head, floor, truncated].map(Number)
  const [ruleVersion = 0, headSeq = 0, floorSeq = 0, truncatedSeq = 0] = numbers
  if (!numbers.every(Number.isSafeInteger)) {
    throw createError('storage/corrupt', `The head of "${stream}" cannot be read.`)
  }
  return { workspace, stream, rule, ruleVersion, epoch, headSeq, floorSeq, truncatedSeq }
}

/** The seq that the id of a stream's entry begins with. */
export function seqOfId(id: Buffer): number {
  return Number.parseInt(id.toString(), 10)
}

/** A view on what a client may not know to be a Buffer. */
export function plainBytes({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

/** A view that Redis's client takes. */
export function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
