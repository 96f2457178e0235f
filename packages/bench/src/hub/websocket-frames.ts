/** What a frame carries, by its opcode. */
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** Any four bytes will do; real ones are random, and take a server no longer. */
const MASK = Buffer.from([0x5a, 0xc3, 0x17, 0x9e])

/** One WebSocket frame as a client sends it: whole and masked. */
export function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const header = length < 126 ? 6 : length < 0x1_0000 ? 8 : 14
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x80 | opcode
  if (length < 126) frame[1] = 0x80 | length
  else if (length < 0x1_0000) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  MASK.copy(frame, header - 4)
  for (let i = 0; i < length; i++) frame[header + i] = (payload[i] ?? 0) ^ (MASK[i & 3] ?? 0)
  return frame
}

/** Takes the frames of a server out of what a socket delivers. It copies nothing as long as frames come whole. */
export class ServerFrames {
  private rest: Buffer | undefined
  private readonly onFrame: (opcode: number, payload: Buffer) => void

  constructor(onFrame: (opcode: number, payload: Buffer) => void) {
    this.onFrame = onFrame
  }

  /** @throws Error for what these servers never send: masked or fragmented frames */
  push(chunk: Buffer): void {
    let bytes = this.rest ? Buffer.concat([this.rest, chunk]) : chunk
    for (;;) {
      const size = frameSize(bytes)
      if (size === undefined || size.header + size.length > bytes.length) break
      const end = size.header + size.length
      this.onFrame((bytes[0] ?? 0) & 0x0f, bytes.subarray(size.header, end))
      bytes = bytes.subarray(end)
    }
    this.rest = bytes.length > 0 ? bytes : undefined
  }
}

function frameSize(bytes: Buffer): { readonly header: number; readonly length: number } | undefined {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  if ((first & 0xf0) !== 0x80 || (first & 0x0f) === 0) throw new Error('a fragmented or compressed frame')
  if (second & 0x80) throw new Error('a masked frame from a server')
  if (second < 126) return { header: 2, length: second }
  if (second === 126) return bytes.length < 4 ? undefined : { header: 4, length: bytes.readUInt16BE(2) }
  return bytes.length < 10 ? undefined : { header: 10, length: Number(bytes.readBigUInt64BE(2)) }
}
