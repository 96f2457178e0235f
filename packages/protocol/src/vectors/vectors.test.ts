import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../codec/hex.js'
import {
  clientMessages,
  decodeClientMessage,
  encodeClientMessage,
  type ClientMessage,
} from '../messages/client-message.js'
import { decodeHubMessage, encodeHubMessage, hubMessages, type HubMessage } from '../messages/hub-message.js'
import { socketParser, type SocketPacket } from '../socket-parser.js'
import { PROTOCOL_VERSION } from '../version.js'

interface Vectors {
  readonly version: number
  readonly frames: readonly { name: string; from: 'client' | 'hub'; message: { type: string }; hex: string }[]
  readonly refused: readonly { name: string; from: 'client' | 'hub'; hex: string; code: string }[]
  readonly packets: readonly { name: string; packet: SocketPacket; hex: string }[]
}

/** Bytes are written as `{ "hex": "cafe" }`. */
function reviveBytes(_key: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && Object.keys(value).join() === 'hex'
  return isBytes ? fromHex((value as { hex: string }).hex) : value
}

const text = readFileSync(new URL(`./v${PROTOCOL_VERSION}.json`, import.meta.url), 'utf8')
const vectors = JSON.parse(text, reviveBytes) as Vectors

describe('frames', () => {
  it.each(vectors.frames)('$from: $name', ({ from, message, hex }) => {
    if (from === 'client') {
      expect(toHex(encodeClientMessage(message as ClientMessage))).toBe(hex)
      expect(decodeClientMessage(fromHex(hex))).toEqual(message)
    } else {
      expect(toHex(encodeHubMessage(message as HubMessage))).toBe(hex)
      expect(decodeHubMessage(fromHex(hex))).toEqual(message)
    }
  })

  it('cover every message', () => {
    const types = [...clientMessages, ...hubMessages].map(({ type }) => type)
    expect(new Set(vectors.frames.map(({ message }) => message.type))).toEqual(new Set(types))
  })
})

describe('refused frames', () => {
  it.each(vectors.refused)('$from: $name', ({ from, hex, code }) => {
    const decode = from === 'client' ? decodeClientMessage : decodeHubMessage
    expect(() => decode(fromHex(hex))).toThrow(expect.objectContaining({ code }) as Error)
  })
})

describe('socket packets', () => {
  it.each(vectors.packets)('$name', ({ packet, hex }) => {
    expect(new socketParser.Encoder().encode(packet).map(toHex)).toEqual([hex])
    const decoded: SocketPacket[] = []
    new socketParser.Decoder().on('decoded', (arrived) => decoded.push(arrived)).add(fromHex(hex))
    expect(decoded).toEqual([packet])
  })
})
