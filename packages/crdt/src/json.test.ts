import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { isFlowSyncError } from './errors.js'
import { JSON_MAX_BYTES, JSON_MAX_DEPTH, readJson, toJson, writeJson } from './json.js'
import type { Json } from './json.js'

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return isFlowSyncError(error) ? error.code : String(error)
  }
}

function read(text: string) {
  const writer = new ByteWriter()
  writer.string(text)
  return readJson(new ByteReader(writer.finish()))
}

function nested(depth: number): Json {
  let value: Json = 0
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

describe('toJson', () => {
  it('copies and freezes all of it', () => {
    const input = { list: [{ a: 1 }], text: 'x' }
    const { value } = toJson(input)
    expect(value).toEqual(input)
    expect(value).not.toBe(input)
    input.list[0] = { a: 2 }
    expect(value).toEqual({ list: [{ a: 1 }], text: 'x' })
    expect(() => Object.assign(value as object, { text: 'y' })).toThrow(TypeError)
    expect(Object.isFrozen((value as { list: readonly Json[] }).list[0])).toBe(true)
  })

  it('keeps __proto__ as a member and touches no prototype', () => {
    const input: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}')
    for (const { value, text } of [toJson(input), read(toJson(input).text)]) {
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
      expect(text).toBe('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}')
    }
    expect('polluted' in {}).toBe(false)
  })

  it('writes minus zero as zero, and shows it so', () => {
    expect(toJson([-0])).toEqual({ value: [0], text: '[0]' })
  })

  it('keeps lone surrogates', () => {
    expect(read(toJson('\ud83d').text).value).toBe('\ud83d')
  })

  it('takes objects of other realms and without a prototype', () => {
    const bare: unknown = Object.assign(Object.create(null) as object, { a: 1 })
    expect(toJson(bare).text).toBe('{"a":1}')
    const foreignPrototype: object = Object.assign(Object.create(null) as object, {
      toString: () => 'foreign',
    })
    expect(toJson(Object.assign(Object.create(foreignPrototype) as object, { a: 1 })).text).toBe('{"a":1}')
  })

  it('takes what is as deep as allowed and nothing deeper', () => {
    expect(read(toJson(nested(JSON_MAX_DEPTH)).text).value).toEqual(nested(JSON_MAX_DEPTH))
    expect(codeOf(() => toJson(nested(JSON_MAX_DEPTH + 1)))).toBe('op/invalid-intent')
  })

  it('takes what is as long as allowed and nothing longer, counted in UTF-8', () => {
    expect(codeOf(() => toJson('x'.repeat(JSON_MAX_BYTES - 2)))).toBeUndefined()
    expect(codeOf(() => toJson('x'.repeat(JSON_MAX_BYTES - 1)))).toBe('op/invalid-intent')
    expect(codeOf(() => toJson('é'.repeat(JSON_MAX_BYTES / 2 - 1)))).toBeUndefined()
    expect(codeOf(() => toJson('é'.repeat(JSON_MAX_BYTES / 2)))).toBe('op/invalid-intent')
  })

  it('ends at a small value whose text would be longer than memory', () => {
    let value: unknown = 'x'
    for (let level = 0; level < 60; level++) value = [value, value]
    expect(codeOf(() => toJson(value))).toBe('op/invalid-intent')
    expect(codeOf(() => toJson(new Array(2 ** 32 - 1)))).toBe('op/invalid-intent')
  })
})

describe('readJson', () => {
  it('keeps the text as its author wrote it', () => {
    const writer = new ByteWriter()
    writeJson(writer, read('{ "a": 1.0 }'))
    expect(new ByteReader(writer.finish()).string()).toBe('{ "a": 1.0 }')
  })

  it.each([
    ['nothing', ''],
    ['half a value', '{"a":'],
    ['two values', '1 2'],
    ['a number beyond a double', '[1e999]'],
    ['NaN', 'NaN'],
    ['more depth than allowed', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['far more depth than allowed', '['.repeat(500_000)],
    ['more length than allowed', `"${'x'.repeat(JSON_MAX_BYTES)}"`],
  ])('refuses %s', (_name, text) => {
    expect(codeOf(() => read(text))).toBe('codec/malformed')
  })

  it('freezes all of it', () => {
    const { value } = read('[{"a":[]}]')
    expect(Object.isFrozen((value as readonly { readonly a: Json }[])[0]?.a)).toBe(true)
  })
})
