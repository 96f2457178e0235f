import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isFlowSyncError } from '@flowsync/crdt'
import { createHubToken, type HubTokenOptions } from '@flowsync/token'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { identify } from './authenticate.js'
import { jwtAuth } from './jwt-auth.js'

const secret = 'a secret that is long enough for HS256'
const nowMs = Date.UTC(2030, 0, 1)
const context = { workspace: 'default', nowMs }

/** What createHubToken makes at the hub's time. */
const tokenOf = (options: Partial<HubTokenOptions> = {}) =>
  createHubToken({ subject: 'ada', grants: ['write:doc:*'], secret, expiresInSeconds: 60, ...options })

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => ({ code: 'accepted' }),
    (reason: unknown) => reason,
  )
  return (error as { code: string }).code
}

describe('jwtAuth', () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: nowMs }))
  afterAll(() => void vi.useRealTimers())

  const auth = jwtAuth({ secret })
  const check = (token: string, workspace = 'default') => identify(auth, token, { ...context, workspace })

  it('accepts what createHubToken made', async () => {
    expect(await check(await tokenOf())).toEqual({
      subject: 'ada',
      grants: ['write:doc:*'],
      expiresAtMs: nowMs + 60_000,
      workspaces: ['default'],
    })
  })

  it('refuses a token at the very moment it expires, by the hub clock', async () => {
    const token = await tokenOf()
    for (const lateMs of [60_000, 3_600_000]) {
      const late = { ...context, nowMs: nowMs + lateMs }
      expect(await codeOf(identify(auth, token, late))).toBe('auth/token-expired')
    }
    expect(await check(await tokenOf({ expiresInSeconds: 'never' }))).toMatchObject({ expiresAtMs: 0 })
  })

  it('refuses forged, unsigned and broken tokens without saying why', async () => {
    const token = await tokenOf()
    const forged = [
      await tokenOf({ secret: `${secret}!` }),
      token.slice(0, -2),
      `${token}x`,
      new UnsecuredJWT({ grants: ['admin:*'] }).setSubject('ada').encode(),
      await new SignJWT({})
        .setProtectedHeader({ alg: 'HS512' })
        .setSubject('ada')
        .sign(new TextEncoder().encode(secret)),
      await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret)),
      await new SignJWT({ grants: 'admin:*' })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('ada')
        .sign(new TextEncoder().encode(secret)),
      'x.y.z',
      '\u0000',
    ]
    for (const each of forged) expect(await codeOf(check(each))).toBe('auth/token-invalid')
    expect(await codeOf(check(''))).toBe('auth/token-missing')
  })

  it.each([
    ['default', 'default', 'accepted'],
    ['acme', 'acme', 'accepted'],
    ['acme', 'default', 'acl/denied'],
    [['acme', 'beta'], 'beta', 'accepted'],
    [['acme', 'beta'], 'gamma', 'acl/denied'],
    ['*', 'anything', 'accepted'],
    [['acme', '*'], 'anything', 'accepted'],
    [undefined, 'default', 'accepted'],
    [undefined, 'acme', 'acl/denied'],
  ] as const)('with the workspace %j is good for %s: %s', async (workspace, asked, outcome) => {
    const result = check(await tokenOf({ workspace }), asked)
    expect(outcome === 'accepted' ? (await result).subject : await codeOf(result)).toBe(
      outcome === 'accepted' ? 'ada' : outcome,
    )
  })

  it('is good for the default workspace alone when it names none', async () => {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .sign(new TextEncoder().encode(secret))
    expect(await check(token)).toMatchObject({ grants: [], workspaces: ['default'] })
    expect(await codeOf(check(token, 'acme'))).toBe('acl/denied')
  })

  it('checks audience and issuer when told to', async () => {
    const strict = jwtAuth({ secret, audience: 'hub', issuer: 'app' })
    const right = await tokenOf({ audience: 'hub', issuer: 'app' })
    expect(await identify(strict, right, context)).toMatchObject({ subject: 'ada' })
    for (const wrong of [{}, { audience: 'hub' }, { audience: 'other', issuer: 'app' }]) {
      expect(await codeOf(identify(strict, await tokenOf(wrong), context))).toBe('auth/token-invalid')
    }
  })

  it('verifies EdDSA with a public key, and then nothing else', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const pem = await exportSPKI(publicKey)
    const eddsa = jwtAuth({ publicKey: pem })
    const signed = await new SignJWT({ grants: [] })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('ada')
      .sign(privateKey)
    expect(await identify(eddsa, signed, context)).toMatchObject({ subject: 'ada' })
    // The classic confusion: the public key used as an HMAC secret.
    expect(await codeOf(identify(eddsa, await tokenOf({ secret: pem }), context))).toBe('auth/token-invalid')
  })

  it('verifies with a key set that it fetches, and knows an outage from a forgery', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA' }]
    const server = createServer((_request, response) => response.end(JSON.stringify({ keys }))).listen(0)
    await once(server, 'listening')
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
    const sign = (kid: string) =>
      new SignJWT({ grants: [] }).setProtectedHeader({ alg: 'EdDSA', kid }).setSubject('ada').sign(privateKey)
    const auth = jwtAuth({ jwksUrl })
    expect(await identify(auth, await sign('k1'), context)).toMatchObject({ subject: 'ada' })
    expect(await codeOf(identify(auth, await sign('k2'), context))).toBe('auth/token-invalid')
    server.close()
    server.closeAllConnections()
    const failed: unknown = await identify(jwtAuth({ jwksUrl }), await sign('k1'), context).catch(
      (error: unknown) => error,
    )
    expect(isFlowSyncError(failed), 'not the fault of the token').toBe(false)
  })

  it('refuses a weak secret when it is configured', () => {
    expect(() => jwtAuth({ secret: 'short' })).toThrow(expect.objectContaining({ code: 'config/invalid' }))
  })
})
