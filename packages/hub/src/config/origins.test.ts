import { describe, expect, it } from 'vitest'
import { checkOrigins, isOriginAllowed } from './origins.js'

describe('isOriginAllowed', () => {
  it.each([
    [undefined, undefined, 'hub.example.com', true],
    [undefined, 'https://hub.example.com', 'hub.example.com:8765', true],
    [undefined, 'http://localhost:3000', 'hub.example.com', true],
    [undefined, 'http://127.0.0.1:3000', 'hub.example.com', true],
    [undefined, 'http://[::1]:3000', 'hub.example.com', true],
    [undefined, 'https://evil.example', 'hub.example.com', false],
    [undefined, 'https://localhost.evil.example', 'hub.example.com', false],
    [undefined, 'https://hub.example.com.evil.example', 'hub.example.com', false],
    [undefined, 'null', 'hub.example.com', false],
    [undefined, 'https://evil.example', undefined, false],
    [['https://app.example.com'], 'https://app.example.com', 'x', true],
    [['https://app.example.com'], 'http://app.example.com', 'x', false],
    [['https://app.example.com'], 'http://localhost', 'x', false],
    [[], 'https://x', 'x', false],
    ['*', 'https://evil.example', 'x', true],
    [(origin: string) => origin.endsWith('.example.com'), 'https://a.example.com', 'x', true],
    [(origin: string) => origin.endsWith('.example.com'), 'https://evil.example', 'x', false],
  ] as const)('with %s, from %s to %s: %s', (origins, origin, host, allowed) => {
    expect(isOriginAllowed(origins, origin, host)).toBe(allowed)
  })

  it.each(['app.example.com', 'https://app.example.com/', 'https://app.example.com/path', '*'])(
    'takes %s for no origin',
    (origin) => {
      expect(() => checkOrigins([origin])).toThrow(expect.objectContaining({ code: 'config/invalid' }))
    },
  )
})
