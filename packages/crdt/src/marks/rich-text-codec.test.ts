import { describe, expect, it } from 'vitest'
import { markChange } from './mark.js'
import { decodeRichTextBody, decodeRichTextState, encodeRichTextBody } from './rich-text-codec.js'
import type { RichTextBody } from './rich-text-codec.js'
import { richText } from './rich-text.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

const flags = { multi: false, expandsBefore: false, expandsAfter: false, isRemoval: false }
const yes = { value: true, text: 'true' }

function body(parts: Partial<Parameters<typeof markChange>[0]>, position = 0, length = 1): RichTextBody {
  const change = markChange({ name: 'b', json: yes, ...flags, ...parts })
  return { kind: 'mark', mark: { position, length, ms: 1, change } }
}

/** Ops with their bytes. These are on disks and on the wire: they must never change. */
const golden: [name: string, body: RichTextBody, bytes: string][] = [
  ['typing', { kind: 'text', patch: { position: 5, deleteCount: 0, insert: 'a' } }, '010561'],
  ['a mark', body({}), '0200010101620474727565'],
  ['a mark that expands after', body({ expandsAfter: true }, 300, 2), '0aac02020101620474727565'],
  ['a mark that expands before', body({ expandsBefore: true }), '0600010101620474727565'],
  ['a removal', body({ isRemoval: true, json: undefined }), '220001010162'],
  ['one of several', body({ multi: true, json: { value: 'x', text: '"x"' } }), '12000101016203227822'],
  [
    'the removal of one of several',
    body({ multi: true, isRemoval: true, json: { value: 'x', text: '"x"' } }),
    '32000101016203227822',
  ],
]

describe('bodies of rich text ops', () => {
  it.each(golden)('encode %s', (_name, body, bytes) => {
    expect(hex(encodeRichTextBody(body))).toBe(bytes)
    expect(decodeRichTextBody(bytesOf(bytes))).toEqual(body)
  })

  it.each([
    ['nothing', ''],
    ['another format', '0300010101620474727565'],
    ['an unknown flag', '4200010101620474727565'],
    ['an empty range', '0200000101620474727565'],
    ['a name of no characters', '0200010100' + '0474727565'],
    ['a control character in a name', '02000101010a0474727565'],
    ['null as a value', '0200010101' + '62046e756c6c'],
    ['no value', '020001010162'],
    ['a value that goes away', '2200010101620474727565'],
    ['no JSON', '0200010101620474727561'],
    ['a time after the year 10889', '020001ffffffffffffff01' + '01620474727565'],
  ])('are refused: %s', (_name, bytes) => {
    expect(() => decodeRichTextBody(bytesOf(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })
})

/** `ab` with a mark `b` on the first letter, in parts to be spoilt. */
const text = '01' + '026162'
const marks = '01' + '08' + '0162' + '0474727565'
const sets = '01' + '01' + '00'
const runs = '01' + '01' + '01'

describe('states of rich texts', () => {
  it('encode a text with its runs', () => {
    const { text: found, runs: list } = decodeRichTextState(bytesOf(text + marks + sets + runs))
    expect(found).toBe('ab')
    expect(list.map(({ length, value }) => [length, value.map(({ name }) => name).join()])).toEqual([
      [1, 'b'],
      [1, ''],
    ])
    const rule = richText()
    const state = rule.decodeState(bytesOf(text + marks + sets + runs), 1)
    expect(
      rule.value(state).spans.map((span) => [span.text, span.marks.bold, Object.keys(span.marks)]),
    ).toEqual([
      ['a', undefined, ['b']],
      ['b', undefined, []],
    ])
    expect(hex(rule.encodeState(state))).toBe(text + marks + sets + runs)
  })

  it('of texts without marks are hardly longer than the text', () => {
    const rule = richText()
    expect(hex(rule.encodeState(rule.create()))).toBe('0100000000')
  })

  it.each([
    ['another format', '02026162' + marks + sets + runs],
    ['a removal among marks', text + '01' + '28' + '0162' + sets + runs],
    [
      'a mark twice',
      text + '02' + '0808' + '01620474727565' + '01620474727565' + '02' + '0101' + '0001' + '020101' + '0102',
    ],
    ['a mark that is never used', text + '02' + '0808' + '01620474727565' + '01630474727565' + sets + runs],
    [
      'numbers of marks out of order',
      text + '02' + '0808' + '01630474727565' + '01620474727565' + '01' + '02' + '0100' + runs,
    ],
    [
      'keys out of order',
      text + '02' + '0808' + '01630474727565' + '01620474727565' + '01' + '02' + '0001' + runs,
    ],
    ['an empty set', text + '00' + '01' + '00' + runs],
    ['a set twice', text + marks + '02' + '0101' + '0000' + '02' + '0101' + '0102'],
    ['a set that is never used', text + marks + sets + '00'],
    ['a set that is not there', text + marks + sets + '01' + '01' + '02'],
    ['an empty run', text + marks + sets + '02' + '0001' + '0001'],
    ['two runs that are one', text + marks + sets + '02' + '0101' + '0101'],
    ['a run of nothing at the end', text + marks + sets + '02' + '0101' + '0100'],
    ['marks beyond the text', text + marks + sets + '01' + '03' + '01'],
    ['a mark on half a character', '01' + '04f09f9880' + marks + sets + runs],
    ['more than all', text + marks + sets + runs + '00'],
  ])('are refused: %s', (_name, bytes) => {
    expect(() => decodeRichTextState(bytesOf(bytes))).toThrowError(
      expect.objectContaining({ code: 'state/invalid' }),
    )
  })
})
