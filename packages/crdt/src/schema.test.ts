import { describe, expect, it } from 'vitest'
import { validate } from './schema.js'
import type { StandardSchema } from './schema.js'

function schemaOf(check: StandardSchema['~standard']['validate']): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: check } }
}

describe('validate', () => {
  it('returns what the schema makes of a value', () => {
    const trimmed = schemaOf((value) => ({ value: String(value).trim() }))
    expect(validate(trimmed, ' a ')).toBe('a')
  })

  it('refuses with the issues and where they are, never with the value', () => {
    const strict = schemaOf(() => ({
      issues: [{ message: 'too short', path: ['author', { key: 0 }] }, { message: 'and odd' }],
    }))
    expect(() => validate(strict, 'secret')).toThrowError(
      expect.objectContaining({
        code: 'op/invalid-intent',
        message: 'The intent was refused: too short.',
        details: {
          issues: [
            { message: 'too short', path: ['author', '0'] },
            { message: 'and odd', path: [] },
          ],
        },
      }),
    )
  })

  it('refuses a schema that answers later, and one that throws', () => {
    const later = schemaOf(async (value) => ({ value }))
    expect(() => validate(later, 1)).toThrowError(expect.objectContaining({ code: 'op/invalid-intent' }))
    const broken = schemaOf(() => {
      throw new TypeError('boom')
    })
    expect(() => validate(broken, 1)).toThrowError(
      expect.objectContaining({ code: 'op/invalid-intent', cause: expect.any(TypeError) }),
    )
  })
})
