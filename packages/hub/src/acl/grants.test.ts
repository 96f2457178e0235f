import { describe, expect, it } from 'vitest'
import { accessTo, allows, parseGrants } from './grants.js'

describe('accessTo', () => {
  it.each([
    ['doc:readme', [], 'none'],
    ['doc:readme', ['read:doc:*'], 'read'],
    ['doc:readme', ['write:doc:*'], 'write'],
    ['doc:readme', ['admin:doc:*'], 'admin'],
    ['doc:readme', ['write:doc:readme'], 'write'],
    ['doc:readme', ['write:doc:readm'], 'none'],
    ['doc:readme', ['write:doc'], 'none'],
    ['doc', ['write:doc:*'], 'none'],
    ['doc:a:b', ['write:doc:*'], 'write'],
    ['doc:a:b', ['write:doc:*:b'], 'write'],
    ['doc:a:c', ['write:doc:*:b'], 'none'],
    ['doc:a:b:c', ['write:doc:*:c'], 'none'],
    ['game:lobby', ['write:game:lobby', 'read:*'], 'write'],
    ['game:other', ['write:game:lobby', 'read:*'], 'read'],
    ['anything', ['admin:*'], 'admin'],
    ['any:thing', ['admin:*'], 'admin'],
    ['doc:readme', ['read:doc:*', 'write:doc:readme'], 'write'],
    ['__proto__', ['read:__proto__'], 'read'],
    ['constructor', ['read:doc:*'], 'none'],
  ] as const)('of %s with %j is %s', (stream, grants, access) => {
    expect(accessTo(stream, parseGrants(grants))).toBe(access)
  })

  it.each([
    'doc:*',
    'write',
    'write:',
    ':doc:*',
    'WRITE:doc:*',
    'publish:doc:*',
    'write:doc:**',
    'write:d*',
    'write::',
    '',
    'write:doc: \u0000',
    '__proto__:doc:*',
    'none:doc:*',
  ])('grants nothing for %j', (grant) => {
    expect(parseGrants([grant])).toEqual([])
  })
})

describe('allows', () => {
  it.each([
    ['none', 'read', false],
    ['read', 'read', true],
    ['read', 'write', false],
    ['write', 'read', true],
    ['write', 'write', true],
    ['write', 'admin', false],
    ['admin', 'write', true],
    ['admin', 'admin', true],
  ] as const)('%s includes %s: %s', (access, action, expected) => {
    expect(allows(access, action)).toBe(expected)
  })
})
