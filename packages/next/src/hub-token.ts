import { FlowSyncError } from '@flowsync/core'
import { SignJWT } from 'jose'

/** What a hub token says about its bearer, and the secret that vouches for it. */
export interface HubTokenOptions {
  /** Stable id of the user, the token's `sub`. Outboxes and grants belong to it: never a display name others can choose. */
  subject: string
  /** What the bearer may do, such as `write:doc:*` or `read:chat:lobby`. An empty list grants nothing. */
  grants: readonly string[]
  /** The hub's HS256 secret, at least 32 bytes. Never the secret of NextAuth: whoever holds a hub's secret could sign in as anybody. */
  secret: string
  /** The only workspaces the token is good for. Absent: every workspace of the hub. */
  workspace?: string | readonly string[]
  /** Seconds until the token expires, 300 unless told. */
  expiresInSeconds?: number
  /** `aud` claim, when the hub asks for one. */
  audience?: string
  /** `iss` claim, when the hub asks for one. */
  issuer?: string
}

const secretBytes = 32

/**
 * Signs a short-lived HS256 token for the hub, for server code: server components that call `getServerData`,
 * server actions, scripts. The algorithm is fixed.
 *
 * @throws FlowSyncError `config/invalid` for an empty subject, a short secret or a lifetime that is not positive.
 *
 * ```ts
 * const token = await createHubToken({ subject: user.id, grants: ['read:doc:*'], secret: process.env.HUB_SECRET ?? '' })
 * ```
 */
export async function createHubToken(options: HubTokenOptions): Promise<string> {
  const { subject, grants, secret, workspace, expiresInSeconds = 300, audience, issuer } = options
  const key = new TextEncoder().encode(secret)
  if (key.length < secretBytes) {
    throw new FlowSyncError('config/invalid', `The hub secret must have at least ${secretBytes} bytes`)
  }
  if (subject === '') throw new FlowSyncError('config/invalid', 'A hub token needs a subject')
  if (!(expiresInSeconds > 0 && Number.isFinite(expiresInSeconds))) {
    throw new FlowSyncError('config/invalid', 'expiresInSeconds must be a positive number of seconds')
  }
  const issuedAt = Math.floor(Date.now() / 1000)
  const token = new SignJWT({ grants: [...grants], ...(workspace === undefined ? {} : { workspace }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(expiresInSeconds))
  if (audience !== undefined) token.setAudience(audience)
  if (issuer !== undefined) token.setIssuer(issuer)
  return token.sign(key)
}
