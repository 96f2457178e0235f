import { describe, expect, it } from 'vitest'
import { createError, ERROR_CODES, isErrorCode } from './errors.js'

describe('the registry', () => {
  it.each(Object.entries(ERROR_CODES))(
    '%s reads area/reason and says what it means and what to do',
    (code, info) => {
      expect(code).toMatch(/^[a-z]+\/[a-z]+(-[a-z]+)*$/)
      expect(info.meaning).toMatch(/^[A-Z].*\.$/)
      expect(info.remedy).toMatch(/^[A-Z].*\.$/)
    },
  )

  it('knows its own codes and no inherited names', () => {
    expect(isErrorCode('acl/denied')).toBe(true)
    expect(isErrorCode('acl/unheard')).toBe(false)
    expect(isErrorCode('toString')).toBe(false)
    expect(isErrorCode('__proto__')).toBe(false)
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
