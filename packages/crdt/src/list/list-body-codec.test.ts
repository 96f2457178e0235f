import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplicaId } from '../op.js'
import { decodeListBody, encodeListBody } from './list-body-codec.js'
import { countOfListBody } from './list-body.js'
import type { ListBody } from './list-body.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const json = (value: string | number) => ({ value, text: JSON.stringify(value) })
const stamp = { ms: 1_760_000_000_000, count: 2 }
const stampBytes = '8080b3c19c33' + '02'
const replica = 'ab'.repeat(16) as ReplicaId
const slot = (position: number, count = 1) => ({ position, count })
const placed = (first: number, count = 1) => ({ placed: [{ first, count }], own: [], foreign: [] })

/** What ops do with their bytes. These are on disks and on the wire: they must never change. */
const golden: [name: string, count: number, body: ListBody, bytes: string][] = [
  ['an item', 1, { kind: 'insert', ranges: [], position: 5, values: [json(7)] }, '0105' + '0137'],
  [
    'items',
    2,
    { kind: 'insert', ranges: [], position: 300, values: [json('é'), json(1)] },
    '01ac02' + '0422c3a922' + '0131',
  ],
  [
    'an item instead of slots of deleted ones',
    3,
    { kind: 'insert', ranges: [slot(9), slot(2, 3)], position: 4, values: [json(1)] },
    '11' + '02' + '0900' + '0202' + '04' + '0131',
  ],
  [
    'a deletion',
    1,
    { kind: 'delete', ranges: [slot(3)], names: placed(200) },
    '05' + '0300' + '01' + 'c80100',
  ],
  [
    'a deletion of many',
    2,
    {
      kind: 'delete',
      ranges: [slot(8, 4), slot(0, 2)],
      names: {
        placed: [
          { first: 0, count: 2 },
          { first: 3, count: 4 },
        ],
        own: [],
        foreign: [],
      },
    },
    '15' + '02' + '0803' + '0001' + '02' + '0001' + '0003',
  ],
  [
    'a deletion of items without a place',
    1,
    {
      kind: 'delete',
      ranges: [slot(1, 3)],
      names: {
        placed: [],
        own: [{ first: 4, count: 2 }],
        foreign: [{ replica, runs: [{ first: 9, count: 1 }] }],
      },
    },
    '25' + '0102' + '00' + '01' + '0401' + '01' + 'ab'.repeat(16) + '01' + '0900',
  ],
  [
    'a value',
    1,
    { kind: 'set', position: 2, name: { kind: 'placed', serial: 17 }, stamp, json: json('x') },
    '09' + '02' + '11' + stampBytes + '03227822',
  ],
  [
    'a value of an own item',
    1,
    { kind: 'set', position: 0, name: { kind: 'own', counter: 3 }, stamp, json: json(0) },
    '19' + '00' + '03' + stampBytes + '0130',
  ],
  [
    'a value of an item of another tab',
    1,
    { kind: 'set', position: 0, name: { kind: 'foreign', replica, counter: 3 }, stamp, json: json(0) },
    '29' + '00' + 'ab'.repeat(16) + '03' + stampBytes + '0130',
  ],
  [
    'a move',
    2,
    { kind: 'move', ranges: [slot(6)], position: 1, name: { kind: 'placed', serial: 130 }, stamp },
    '0d' + '06' + '01' + '8201' + stampBytes,
  ],
  [
    'a move from several slots',
    3,
    { kind: 'move', ranges: [slot(6), slot(1)], position: 1, name: { kind: 'own', counter: 1 }, stamp },
    '5d' + '02' + '0600' + '0100' + '01' + '01' + stampBytes,
  ],
  [
    'the largest numbers',
    1,
    {
      kind: 'delete',
      ranges: [slot(2 ** 31 - 1, 2 ** 31 - 1)],
      names: placed(0, 2 ** 53 - 1),
    },
    '05' + 'ffffffff07' + 'feffffff07' + '01' + '00' + 'feffffffffffff0f',
  ],
]

describe('bodies of list ops', () => {
  it.each(golden)('encode %s', (_name, count, body, bytes) => {
    expect(hex(encodeListBody(body))).toBe(bytes)
    expect(decodeListBody(bytesOf(bytes))).toEqual(body)
    expect(countOfListBody(body)).toBe(count)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['another format', '000501' + '37'],
    ['an insertion without items', '0105'],
    ['an item that is no JSON', '0105' + '017b'],
    ['an item cut short', '0105' + '0237'],
    ['unknown flags of an insertion', '21' + '05' + '0137'],
    ['unknown flags of a deletion', '45' + '0300' + '01c80100'],
    ['an unknown kind of name', '39' + '00' + '03' + stampBytes + '0130'],
    ['unknown flags of a move', '8d' + '06' + '01' + '8201' + stampBytes],
    ['a position of 2^31', '01' + '8080808008' + '0137'],
    ['ranges without any', '1100' + '05' + '0137'],
    ['one range as several', '15' + '01' + '0300' + '01c80100'],
    ['one slot as a range', '4d' + '01' + '0600' + '01' + '8201' + stampBytes],
    ['names by counters without any', '25' + '0102' + '00' + '00' + '00'],
    ['a replica without elements', '25' + '0102' + '00' + '00' + '01' + 'ab'.repeat(16) + '00' + '00' + '00'],
    [
      'replicas out of order',
      '25' + '0102' + '00' + '00' + '02' + 'ab'.repeat(16) + '010900' + 'aa'.repeat(16) + '010900',
    ],
    ['a run beyond 2^53', '05' + '0300' + '01' + '01' + 'feffffffffffff0f'],
    ['a value with more behind it', '09' + '02' + '11' + stampBytes + '0130' + '00'],
    ['a move with more behind it', '0d' + '06' + '01' + '8201' + stampBytes + '00'],
  ])('refuse %s', (_name, bytes) => {
    expect(() => decodeListBody(bytesOf(bytes))).toThrow(expect.objectContaining({ code: 'op/invalid' }))
  })

  it('have one encoding', () => {
    const heads = fc.constantFrom(...golden.map(([, , , bytes]) => bytesOf(bytes)))
    const changes = fc.array(fc.tuple(fc.nat(24), fc.nat(255)), { maxLength: 2 })
    fc.assert(
      fc.property(heads, changes, (bytes, flips) => {
        const damaged = bytes.slice()
        for (const [at, value] of flips) if (at < damaged.length) damaged[at] = value
        const body = tryDecode(damaged)
        if (body) expect(encodeListBody(body)).toEqual(damaged)
      }),
      { numRuns: 2000 },
    )
  })
})

function tryDecode(bytes: Uint8Array): ListBody | undefined {
  try {
    return decodeListBody(bytes)
  } catch (error) {
    expect(error).toMatchObject({ code: 'op/invalid' })
    return undefined
  }
}
