import { expect, test } from 'vitest'

import { planChromium } from './chromium.mjs'
import { planPostgres } from './postgres.mjs'
import { planRedis } from './redis.mjs'
import { missingServers } from './servers.mjs'

const noRedis = { url: undefined, answers: false, server: undefined, mayInstall: false }

test.each([
  [
    { ...noRedis, url: 'redis://r:1', answers: true, server: '/bin/r' },
    { kind: 'use', url: 'redis://r:1' },
  ],
  [
    { ...noRedis, answers: true, server: '/bin/r' },
    { kind: 'use', url: 'redis://127.0.0.1:6379' },
  ],
  [
    { ...noRedis, server: '/bin/r', mayInstall: true },
    { kind: 'start', server: '/bin/r' },
  ],
  [{ ...noRedis, mayInstall: true }, { kind: 'install' }],
  [noRedis, { kind: 'missing' }],
])('Redis: %o', (situation, plan) => {
  expect(planRedis(situation)).toEqual(plan)
})

const noPostgres = { url: undefined, usable: undefined, programs: undefined, mayInstall: false }

test.each([
  [
    { ...noPostgres, url: 'postgres://p:1/db', usable: 'postgres://127.0.0.1/test', programs: '/p' },
    { kind: 'use', url: 'postgres://p:1/db' },
  ],
  [
    { ...noPostgres, usable: 'postgres://127.0.0.1/test', programs: '/p' },
    { kind: 'use', url: 'postgres://127.0.0.1/test' },
  ],
  [
    { ...noPostgres, programs: '/p', mayInstall: true },
    { kind: 'start', programs: '/p' },
  ],
  [{ ...noPostgres, mayInstall: true }, { kind: 'install' }],
  [noPostgres, { kind: 'missing' }],
])('PostgreSQL: %o', (situation, plan) => {
  expect(planPostgres(situation)).toEqual(plan)
})

const noChromium = { asked: undefined, found: undefined, mayInstall: false }

test.each([
  [
    { ...noChromium, asked: '/a', found: '/b' },
    { kind: 'use', path: '/a' },
  ],
  [
    { ...noChromium, found: '/b', mayInstall: true },
    { kind: 'use', path: '/b' },
  ],
  [{ ...noChromium, mayInstall: true }, { kind: 'apt' }],
  [noChromium, { kind: 'download' }],
])('Chromium: %o', (situation, plan) => {
  expect(planChromium(situation)).toEqual(plan)
})

test.each([
  [{ redis: '/bin/r', postgres: '/p' }, []],
  [{ redis: undefined, postgres: '/p' }, ['redis-server']],
  [{ redis: undefined, postgres: undefined }, ['redis-server', 'postgresql']],
])('servers: %o', (found, packages) => {
  expect(missingServers(found)).toEqual(packages)
})
