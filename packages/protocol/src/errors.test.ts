import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from './error-codes.js'
import { createError, RETRYABLE_CODES } from './errors.js'

describe('the registry', () => {
  it.each(Object.entries(ERROR_CODES))(
    '%s reads area/reason and says what it means and what to do',
    (code, { meaning, remedy }) => {
      expect(code).toMatch(/^[a-z]+\/[a-z]+(-[a-z]+)*$/)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
      expect(remedy).toMatch(/^[A-Z`].*\.$/)
    },
  )

  it('has all codes that are worth another try', () => {
    for (const code of RETRYABLE_CODES) expect(Object.hasOwn(ERROR_CODES, code)).toBe(true)
  })
})

describe('createError', () => {
  it('is retryable as the registry says, unless told otherwise', () => {
    expect(createError('limit/rate', 'x').retryable).toBe(true)
    expect(createError('acl/denied', 'x').retryable).toBe(false)
    expect(createError('acl/denied', 'x', { retryable: true }).retryable).toBe(true)
  })

  it('keeps cause and details', () => {
    const cause = new Error('why')
    expect(createError('storage/full', 'x', { cause, details: { freeBytes: 0 } })).toMatchObject({
      cause,
      details: { freeBytes: 0 },
    })
  })
})
