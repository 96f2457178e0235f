import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessTo, parseGrants } from './grants.js'

/** Shares no code with the matcher: turns a pattern into a regular expression. */
function naiveAccess(stream: string, grants: readonly string[]): string {
  const covers = (pattern: string): boolean => {
    const parts = pattern.split(':').map((part, index, all) => {
      if (part !== '*') return part
      return index === all.length - 1 ? '.+' : '[^:]+'
    })
    return new RegExp(`^${parts.join(':')}$`, 'u').test(stream)
  }
  const held = grants.filter((grant) => covers(grant.slice(grant.indexOf(':') + 1)))
  return ['admin', 'write', 'read'].find((action) => held.some((grant) => grant.startsWith(action))) ?? 'none'
}

const segment = fc.constantFrom('a', 'b', 'ab', 'doc')
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(':'))
const grant = fc
  .tuple(
    fc.constantFrom('read', 'write', 'admin'),
    fc.array(fc.oneof(segment, fc.constant('*')), { minLength: 1, maxLength: 4 }),
  )
  .map(([action, parts]) => `${action}:${parts.join(':')}`)

describe('accessTo', () => {
  it('agrees with a naive reference', () => {
    fc.assert(
      fc.property(name, fc.array(grant, { maxLength: 5 }), (stream, grants) => {
        expect(accessTo(stream, parseGrants(grants))).toBe(naiveAccess(stream, grants))
      }),
      { numRuns: 2000 },
    )
  })

  it('is not slowed down by hostile patterns', () => {
    const pattern = parseGrants([`write:${Array.from({ length: 120 }, () => '*').join(':')}:x`])
    const stream = Array.from({ length: 120 }, () => 'a').join(':')
    const started = performance.now()
    for (let i = 0; i < 1000; i++) expect(accessTo(stream, pattern)).toBe('none')
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
