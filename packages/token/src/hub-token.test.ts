import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { createHubToken } from './hub-token.js'

const secret = 'a secret of thirty-two bytes ...'
const key = new TextEncoder().encode(secret)

describe('createHubToken', () => {
  test('signs subject, grants and lifetime with HS256', async () => {
    const token = await createHubToken({ subject: 'ada', grants: ['write:doc:*'], secret })
    const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: ['HS256'] })
    expect(protectedHeader.alg).toBe('HS256')
    expect(payload).toMatchObject({ sub: 'ada', grants: ['write:doc:*'] })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
  })

  test.each([undefined, 'acme', '*', ['acme', 'beta']])(
    'says the workspace %j as it was told',
    async (workspace) => {
      const token = await createHubToken({ subject: 'ada', grants: [], secret, workspace })
      expect((await jwtVerify(token, key)).payload['workspace']).toEqual(workspace)
    },
  )

  test('adds audience and issuer when told', async () => {
    const options = { audience: 'hub', issuer: 'app', expiresInSeconds: 30 }
    const token = await createHubToken({ subject: 'ada', grants: [], secret, ...options })
    const { payload } = await jwtVerify(token, key, { audience: 'hub', issuer: 'app' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30)
  })

  test('never expires when told so, and only then', async () => {
    const token = await createHubToken({ subject: 'ada', grants: [], secret, expiresInSeconds: 'never' })
    expect((await jwtVerify(token, key)).payload).not.toHaveProperty('exp')
  })

  test.each([
    ['a secret that is too short', { subject: 'ada', grants: [], secret: 'short' }],
    ['no subject', { subject: '', grants: [], secret }],
    ['a subject that the hub refuses', { subject: 'é'.repeat(513), grants: [], secret }],
    ['no workspace', { subject: 'ada', grants: [], secret, workspace: '' }],
    ['an empty list of workspaces', { subject: 'ada', grants: [], secret, workspace: [] }],
    ['a lifetime of nothing', { subject: 'ada', grants: [], secret, expiresInSeconds: 0 }],
    ['an endless lifetime', { subject: 'ada', grants: [], secret, expiresInSeconds: Infinity }],
  ])('refuses %s', async (_, options) => {
    await expect(createHubToken(options)).rejects.toMatchObject({ code: 'config/invalid' })
  })
})
