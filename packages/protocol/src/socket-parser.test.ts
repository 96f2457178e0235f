import fc from 'fast-check'
import { isFlowSyncError } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { damaged, damages } from './tests/arbitraries.js'
import { socketParser, type SocketPacket } from './socket-parser.js'

const { Encoder, Decoder } = socketParser
const withCode = (code: string) => expect.objectContaining({ code }) as Error
const encode = (packet: SocketPacket) => new Encoder().encode(packet)[0]

function decode(input: unknown): SocketPacket[] {
  const packets: SocketPacket[] = []
  new Decoder().on('decoded', (packet) => packets.push(packet)).add(input)
  return packets
}

const nsp = fc.string({ unit: 'grapheme', maxLength: 20 }).map((name) => `/${name}`)
const packet: fc.Arbitrary<SocketPacket> = fc.oneof(
  fc.record({ type: fc.constant(0), nsp }),
  fc.record({
    type: fc.constant(0),
    nsp,
    data: fc.record({ sid: fc.base64String({ minLength: 4, maxLength: 20 }) }),
  }),
  fc.record({ type: fc.constant(1), nsp }),
  fc.record({
    type: fc.constant(2),
    nsp,
    data: fc.tuple(fc.constant('m'), fc.uint8Array({ maxLength: 100 })),
  }),
  fc.record({
    type: fc.constant(4),
    nsp,
    data: fc.record({
      message: fc.string({ unit: 'grapheme' }),
      data: fc.constantFrom(undefined, { code: 'acl/denied' }, 'x', 0),
    }),
  }),
)

describe('packets', () => {
  it('are the same after encoding and decoding, one frame each', () => {
    fc.assert(
      fc.property(packet, (given) => {
        expect(new Encoder().encode(given)).toHaveLength(1)
        expect(decode(encode(given))).toEqual([given])
      }),
    )
  })

  it('are refused when damaged, or are packets of a known form', () => {
    fc.assert(
      fc.property(packet, damages, fc.uint8Array({ maxLength: 40 }), (given, damage, random) => {
        for (const bytes of [damaged(encode(given), damage), random]) {
          try {
            for (const { type } of decode(bytes)) expect([0, 1, 2, 4]).toContain(type)
          } catch (error) {
            if (!isFlowSyncError(error) || error.code !== 'codec/malformed') throw error
          }
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    ['a Buffer', (bytes: Uint8Array) => Buffer.concat([Buffer.from('xx'), bytes]).subarray(2)],
    ['an ArrayBuffer', (bytes: Uint8Array) => bytes.slice().buffer],
    ['a view', (bytes: Uint8Array) => new DataView(bytes.slice().buffer)],
  ])('arrive as %s', (_, wrap) => {
    const given = { type: 2, nsp: '/acme', data: ['m', Uint8Array.of(1, 2, 3)] }
    const [arrived] = decode(wrap(encode(given)))
    expect(arrived).toEqual(given)
    const [, frame] = arrived?.data as [string, Uint8Array]
    expect(frame.constructor).toBe(Uint8Array)
  })

  it.each([
    ['a Buffer', Buffer.of(1, 2)],
    ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
    ['a view', Uint8Array.of(0, 1, 2).subarray(1)],
  ])('are sent from %s', (_, frame) => {
    expect(encode({ type: 2, nsp: '/', data: ['m', frame] })).toEqual(Uint8Array.of(2, 0, 1, 2))
  })

  it('do not share memory with what they were made from', () => {
    const frame = Uint8Array.of(1, 2)
    const encoded = encode({ type: 2, nsp: '/', data: ['m', frame] })
    frame.fill(9)
    expect(encoded).toEqual(Uint8Array.of(2, 0, 1, 2))
  })
})

describe('incidents', () => {
  // CVE-2026-33151: a text packet that announces attachments makes the default parser collect them without end.
  it('no packet can announce attachments', () => {
    for (const text of ['51-["m",{"_placeholder":true,"num":0}]', '599999999-["m"]', '61-[]', '2["m"]', '']) {
      expect(() => decode(text)).toThrow(withCode('codec/malformed'))
    }
    for (const type of [5, 6])
      expect(() => decode(Uint8Array.of(type, 0, 1))).toThrow(withCode('codec/malformed'))
  })

  // CVE-2023-32695: an event name of another type made the default parser's receiver throw outside of any handler.
  it('no packet can name its event', () => {
    expect(decode(Uint8Array.of(2, 0))).toEqual([{ type: 2, nsp: '/', data: ['m', new Uint8Array()] }])
  })

  it('no packet can ask for an acknowledgement or answer one', () => {
    expect(() => decode(Uint8Array.of(3, 0))).toThrow(withCode('codec/malformed'))
    expect(() => new Encoder().encode({ type: 2, nsp: '/', id: 1, data: ['m', new Uint8Array()] })).toThrow(
      withCode('codec/invalid-value'),
    )
  })

  it('no __proto__ comes out of a connection error', () => {
    const json = '{"__proto__":{"polluted":true}}'
    const bytes = [4, 0, 0, json.length, ...Buffer.from(json)]
    const [error] = decode(Uint8Array.from(bytes))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf((error?.data as { data: object }).data)).toBe(Object.prototype)
  })
})

describe('decoding refuses', () => {
  it.each<[string, unknown]>([
    ['no bytes', new Uint8Array()],
    ['undefined', undefined],
    ['an object that poses as binary', { base64: true, data: 'AAAA' }],
    ['a namespace that ends early', Uint8Array.of(1, 5, 0x61)],
    [
      'a namespace of more than 512 bytes',
      Uint8Array.from([1, 0x81, 0x04, ...Array<number>(513).fill(0x61)]),
    ],
    ['a namespace that is not UTF-8', Uint8Array.of(1, 1, 0xff)],
    ['bytes after a disconnect', Uint8Array.of(1, 0, 0)],
    ['bytes after a connect', Uint8Array.of(0, 0, 0, 0)],
    ['error data that is not JSON', Uint8Array.of(4, 0, 0, 1, 0x7b)],
  ])('%s', (_, input) => {
    expect(() => decode(input)).toThrow(withCode('codec/malformed'))
  })
})

describe('encoding refuses', () => {
  it.each<[string, SocketPacket]>([
    ['another event', { type: 2, nsp: '/', data: ['x', new Uint8Array()] }],
    ['a message that is not binary', { type: 2, nsp: '/', data: ['m', 'text'] }],
    ['a second argument', { type: 2, nsp: '/', data: ['m', new Uint8Array(), 'offset'] }],
    ['an acknowledgement', { type: 3, nsp: '/', id: 1, data: [] }],
    ['an auth payload', { type: 0, nsp: '/', data: { token: 'secret' } }],
    ['connection state recovery', { type: 0, nsp: '/', data: { sid: 'a', pid: 'b' } }],
    ['a namespace of more than 512 bytes', { type: 1, nsp: '/' + 'é'.repeat(257) }],
  ])('%s', (_, given) => {
    expect(() => encode(given)).toThrow(withCode('codec/invalid-value'))
  })

  it('nothing of a connection error, which is cut instead', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const data of [
      { message: 'x'.repeat(9_000) },
      { message: 'a\ud800', data: cyclic },
      { message: 5, data: 'x'.repeat(9_000) },
      null,
    ]) {
      expect(decode(encode({ type: 4, nsp: '/', data }))).toMatchObject([
        { type: 4, data: { data: undefined } },
      ])
    }
  })
})

it('a decoder can be listened to as Socket.io does', () => {
  const decoder = new Decoder()
  const seen: string[] = []
  const first = () => seen.push('first')
  const second = () => seen.push('second')
  decoder.on('decoded', first).on('decoded', second)
  decoder.add(Uint8Array.of(1, 0))
  decoder.removeListener('decoded', first)
  decoder.add(Uint8Array.of(1, 0))
  decoder.off('decoded', second)
  decoder.add(Uint8Array.of(1, 0))
  decoder.destroy()
  expect(seen).toEqual(['first', 'second', 'second'])
})
