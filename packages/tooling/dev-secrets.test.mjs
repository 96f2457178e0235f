import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { devSecrets } from './dev-secrets.mjs'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowsync-test-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('secrets are made once and kept for this user alone', () => {
  const first = devSecrets(directory, {})
  expect(first.FLOWSYNC_SECRET).toMatch(/^[\w-]{43}$/)
  expect(first.NEXTAUTH_SECRET).not.toBe(first.FLOWSYNC_SECRET)
  expect(devSecrets(directory, {})).toEqual(first)
  expect(statSync(join(directory, 'dev-secrets.json')).mode & 0o077).toBe(0)
})

test('a secret of the environment is used and not written down', () => {
  const env = { FLOWSYNC_SECRET: 'given', NEXTAUTH_SECRET: 'given too' }
  expect(devSecrets(directory, env)).toEqual(env)
  expect(existsSync(join(directory, 'dev-secrets.json'))).toBe(false)
  devSecrets(directory, { FLOWSYNC_SECRET: 'given' })
  expect(readFileSync(join(directory, 'dev-secrets.json'), 'utf8')).not.toContain('given')
})
