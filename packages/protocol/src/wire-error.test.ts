import { ByteWriter, FlowSyncError } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { createError } from './errors.js'
import { fromWireError, toWireError, wireError } from './wire-error.js'

/** What the other side gets. */
function travel(error: unknown): FlowSyncError {
  const wire = toWireError(error)
  wireError.write(new ByteWriter(), wire)
  return fromWireError(wire)
}

describe('an error that travels', () => {
  it('keeps code, message and details, and is retryable by the registry', () => {
    const error = travel(createError('op/counter-gap', 'Send from 12.', { details: { expected: 12 } }))
    expect(error).toMatchObject({
      code: 'op/counter-gap',
      message: 'Send from 12.',
      details: { expected: 12 },
      retryable: true,
    })
    expect(travel(createError('acl/denied', 'No.'))).toMatchObject({ retryable: false, details: {} })
  })

  it('tells how long to wait', () => {
    const error = createError('limit/rate', 'Slow down.', {
      details: { retryAfterMs: 1_500.2, bucket: 'subject' },
    })
    expect(toWireError(error)).toMatchObject({ retryAfterMs: 1_501, details: '{"bucket":"subject"}' })
    expect(travel(error).details).toEqual({ retryAfterMs: 1_501, bucket: 'subject' })
  })

  it('may have a code that only the other side knows', () => {
    const wire = { code: 'quota/seats', message: 'No seat.', details: '' }
    expect(fromWireError({ ...wire, retryAfterMs: 0 })).toMatchObject({
      code: 'quota/seats',
      retryable: false,
    })
    expect(fromWireError({ ...wire, retryAfterMs: 5 })).toMatchObject({ retryable: true })
    expect(fromWireError({ ...wire, code: '__proto__', retryAfterMs: 0 })).toMatchObject({
      code: '__proto__',
      retryable: false,
    })
  })

  it.each([new Error('SELECT * FROM secrets'), 'text', undefined, null, { code: 'acl/denied' }])(
    'says nothing about the inside when it is %s',
    (error) => {
      expect(travel(error)).toMatchObject({ code: 'hub/internal', retryable: true, details: {} })
      expect(JSON.stringify(toWireError(error))).not.toContain('secrets')
    },
  )

  it('never tells its cause or its stack', () => {
    const error = createError('storage/unavailable', 'Try again.', { cause: new Error('password=hunter2') })
    expect(JSON.stringify(toWireError(error))).not.toContain('hunter2')
  })

  it('fits its bounds whatever it says', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const errors = [
      createError('acl/denied', '€'.repeat(3_000)),
      createError('acl/denied', 'half \ud800'),
      createError('acl/denied', 'x', { details: { long: 'x'.repeat(9_000) } }),
      createError('acl/denied', 'x', { details: cyclic }),
      createError('acl/denied', 'x', { details: { big: 1n } }),
      createError('limit/rate', 'x', { details: { retryAfterMs: Number.POSITIVE_INFINITY } }),
      createError('limit/rate', 'x', { details: { retryAfterMs: Number.NaN } }),
      new FlowSyncError('x'.repeat(100), 'A code that is too long.'),
    ]
    for (const error of errors) expect(travel(error)).toBeInstanceOf(FlowSyncError)
  })
})

describe('details from a stranger', () => {
  it.each(['{', '[1]', '"x"', 'null', '3'])('%s count as none', (details) => {
    expect(fromWireError({ code: 'acl/denied', message: '', retryAfterMs: 0, details }).details).toEqual({})
  })

  it('cannot change a prototype', () => {
    const details = '{"__proto__":{"admin":true},"expected":3}'
    const error = fromWireError({ code: 'op/counter-gap', message: '', retryAfterMs: 7, details })
    expect(error.details['expected']).toBe(3)
    expect(Object.keys(error.details)).toEqual(['expected', 'retryAfterMs'])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})
