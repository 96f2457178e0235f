import { expect, it } from 'vitest'
import { BINARY, clientFrame, ServerFrames } from './websocket-frames.js'

/** A frame as a server sends it: without a mask. */
function serverFrame(length: number, first = 0x82): Buffer {
  const payload = Buffer.alloc(length, 'ab')
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const header = Buffer.alloc(length < 0x1_0000 ? 4 : 10)
  header[0] = first
  header[1] = length < 0x1_0000 ? 126 : 127
  if (length < 0x1_0000) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** The lengths of the frames that come out when bytes arrive in pieces of this size. */
function lengthsOf(bytes: Buffer, piece: number): number[] {
  const lengths: number[] = []
  const frames = new ServerFrames((opcode, payload) => {
    expect(opcode).toBe(BINARY)
    expect(payload.equals(Buffer.alloc(payload.length, 'ab'))).toBe(true)
    lengths.push(payload.length)
  })
  for (let at = 0; at < bytes.length; at += piece) frames.push(bytes.subarray(at, at + piece))
  return lengths
}

it('takes frames out of whatever pieces they come in', () => {
  const lengths = [0, 1, 125, 126, 65_535, 65_536, 3]
  const bytes = Buffer.concat(lengths.map((length) => serverFrame(length)))
  for (const piece of [1, 7, 1_000, 65_536, bytes.length]) expect(lengthsOf(bytes, piece)).toEqual(lengths)
})

it('takes no fragments and no masked frames', () => {
  expect(() => lengthsOf(serverFrame(3, 0x02), 100)).toThrow('fragmented')
  expect(() => lengthsOf(serverFrame(3, 0x80), 100)).toThrow('fragmented')
  expect(() => lengthsOf(clientFrame(BINARY, Buffer.from('abc')), 100)).toThrow('masked')
})

it.each([0, 5, 125, 126, 65_535, 65_536])('masks a frame of %d bytes', (length) => {
  const payload = Buffer.alloc(length, 'xyz')
  const frame = clientFrame(BINARY, payload)
  const header = frame.length - length
  const mask = frame.subarray(header - 4, header)
  expect(frame[0]).toBe(0x82)
  expect((frame[1] ?? 0) & 0x80).toBe(0x80)
  const unmasked = frame.subarray(header).map((byte, index) => byte ^ (mask[index & 3] ?? 0))
  expect(payload.equals(unmasked)).toBe(true)
})
