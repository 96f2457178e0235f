import { describe, expect, it } from 'vitest'
import { list } from '../list.js'
import { createSession } from '../tests/session.js'
import { decodeListState, encodeListState } from './list-state-codec.js'

const { append, insert, delete: remove, move, set } = list<number>().actions
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** States with their items. These are on disks: they must never change. */
const golden: [name: string, items: unknown[], bytes: string][] = [
  ['nothing', [], '01' + '00' + '00' + '00'],
  ['items that were appended', [1, 2, 3], '01' + '03' + '01' + '0800' + '00' + '0131' + '0132' + '0133'],
  ['items that were put first', [3, 2, 1], '01' + '03' + '01' + '0902' + '00' + '0133' + '0132' + '0131'],
  ['a moved item', [2, 1], '01' + '03' + '01' + '0501' + '00' + '0132' + '0131'],
  ['an item alone after others', [9], '01' + '81' + '01' + '01' + '0040' + '00' + '0139'],
  ['a ghost of a deleted item', [1], '01' + '02' + '02' + '02' + '0001' + '00' + '0131'],
  [
    'a ghost of an item that stands elsewhere',
    [1, 2],
    '01' + '02' + '02' + '0400' + '0301' + '00' + '01310132',
  ],
  ['an item that stands nowhere', [1], '01' + '03' + '01' + '0000' + '01' + '02' + '0131' + '0133'],
]

describe('states of lists', () => {
  it.each(golden)('encode %s', (_name, items, bytes) => {
    const state = decodeListState(bytesOf(bytes), 4)
    expect(state.value).toEqual(items)
    expect(hex(encodeListState(state))).toBe(bytes)
  })

  it('are as the rule makes them', () => {
    const session = createSession(list<number>(), 2)
    session.edit(0, append(0, 1, 2))
    session.edit(0, insert(0, 3))
    session.edit(0, insert(0, 4))
    session.edit(0, set(2, 5))
    session.send(0)
    session.pull()
    expect(hex(session.state(0))).toBe(
      '01' + '05' + '02' + '0504' + '0800' + '00' + '01340133' + '013501310132',
    )
    session.edit(0, move(0, 1))
    session.edit(1, move(0, 2), 1)
    session.edit(1, remove(0))
    session.send(0, 1)
    session.pull()
    // 4 was moved by both, 3 was deleted.
    expect(session.value(0)).toEqual([5, 4, 1, 2])
    expect(session.state(1)).toEqual(session.state(0))
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['another format', '00000000'],
    ['a serial that was not given', '01' + '02' + '01' + '0002' + '00' + '0131'],
    ['a run beyond the last serial', '01' + '03' + '01' + '0801' + '00' + '013101320133'],
    ['a run below the first serial', '01' + '03' + '01' + '0901' + '00' + '013101320133'],
    ['one element twice', '01' + '03' + '02' + '0000' + '0000' + '00' + '01310132'],
    ['one element twice, once nowhere', '01' + '03' + '01' + '0000' + '01' + '00' + '01310132'],
    ['runs that could be one', '01' + '03' + '02' + '0000' + '0001' + '00' + '01310132'],
    ['a run of ghosts', '01' + '03' + '01' + '06' + '00'],
    ['a ghost of nobody', '01' + '03' + '01' + '0301' + '00'],
    ['more items than values', '01' + 'ffff7f' + '01' + 'fcff7f00' + '00' + '0131'],
    ['a value that is missing', '01' + '03' + '01' + '0400' + '00' + '01310232'],
    ['more behind the end', '01' + '00' + '00' + '00' + '00'],
  ])('refuse %s', (_name, bytes) => {
    expect(() => decodeListState(bytesOf(bytes), 4)).toThrow(
      expect.objectContaining({ code: 'state/invalid' }),
    )
  })
})
