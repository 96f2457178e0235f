import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toHex } from './codec/hex.js'
import { ERROR_CODES } from './error-codes.js'
import { RETRYABLE_CODES } from './errors.js'
import { DEFAULT_LIMITS, HELLO_LIMITS, HUB_LIMITS, type DecodeLimits } from './limits.js'
import { clientMessages } from './messages/client-message.js'
import { hubMessages } from './messages/hub-message.js'
import { layoutPaths } from './tests/layout-paths.js'
import { specSection, tableRows } from './tests/spec.js'

const messages = [...clientMessages, ...hubMessages].map(({ type, code, codec }) => ({
  type,
  code: `0x${toHex(Uint8Array.of(code))}`,
  fields: layoutPaths(codec.describe),
}))
const plain = (cell: string | undefined) => (cell ?? '').replaceAll('`', '')

/** What the specification must say of a layout: its name, and its limit if it has one of its own. */
function expected(layout: string): RegExp {
  const [name = ''] = layout.split(/[({]/)
  const string = /^string\((\d+)\)$/.exec(layout)
  if (string) return new RegExp(`^string, up to ${string[1]} bytes$`)
  const list = /^array\(.*,(\d+)\)$/.exec(layout)
  if (list) return new RegExp(`^array.* up to ${list[1]}(?!\\d)`)
  const number = /^varint\((\d+)\.\.(\d+)\)$/.exec(layout)
  if (!number) return new RegExp(`^\\[?${name}`)
  return new RegExp(`^varint${numberRange(Number(number[1]), Number(number[2]))}$`)
}

function numberRange(min: number, max: number): string {
  const limit = max === 2 ** 48 - 1 ? '' : max === 2 ** 32 - 1 ? '2\\^32 - 1' : String(max)
  if (min === 0) return limit && `, up to ${limit}`
  return limit ? `, ${min} to ${limit}` : `, at least ${min}`
}

describe('the specification', () => {
  it.each(messages)('has the layout of $type', ({ type, code, fields }) => {
    const rows = tableRows(specSection(`${type} (${code})`))
    expect(rows.map(([field]) => plain(field))).toEqual(fields.map(([path]) => path))
    for (const [index, [path, layout]] of fields.entries()) {
      expect(`${path}: ${plain(rows[index]?.[1])}`).toMatch(
        new RegExp(`: ${expected(layout).source.slice(1)}`),
      )
    }
  })

  it('lists the code of every message', () => {
    const rows = tableRows(specSection('Frames')).flatMap((cells) => [cells.slice(0, 2), cells.slice(3, 5)])
    const listed = rows
      .filter(([code]) => code)
      .map(([code, link]) => [code, /^\[`(\w+)`]/.exec(link ?? '')?.[1]])
    expect(new Set(listed.map((row) => row.join()))).toEqual(
      new Set(messages.map(({ type, code }) => `${code},${type}`)),
    )
  })

  it('lists every error code with what the registry says', () => {
    const listed = tableRows(specSection('Errors')).map(([code, ...rest]) => [plain(code), ...rest])
    expect(listed).toEqual(
      Object.entries(ERROR_CODES).map(([code, { meaning, remedy }]) => [
        code,
        RETRYABLE_CODES.has(code) ? 'yes' : 'no',
        meaning,
        remedy,
      ]),
    )
  })

  it('names the limits', () => {
    const limits = new Map(tableRows(specSection('Limits')).map(([what, limit]) => [what, limit]))
    const text = ({ frameBytes, items }: DecodeLimits) => `${frameBytes} bytes, ${items} list items`
    expect(limits.get("a client's frame before `welcome`")).toBe(text(HELLO_LIMITS))
    expect(limits.get("a client's frame, unless configured")).toBe(text(DEFAULT_LIMITS))
    expect(limits.get("a hub's frame")).toBe(text(HUB_LIMITS))
  })

  it('works its example on a golden vector', () => {
    const rows = tableRows(specSection('Worked example'))
    const vectors = JSON.parse(readFileSync(new URL('./vectors/v1.json', import.meta.url), 'utf8')) as {
      readonly frames: readonly { readonly name: string; readonly hex: string }[]
    }
    const name = /The vector `(.+)`:/.exec(specSection('Worked example'))?.[1]
    expect(rows.map(([hex]) => plain(hex).replaceAll(' ', '')).join('')).toBe(
      vectors.frames.find((frame) => frame.name === name)?.hex,
    )
  })
})
