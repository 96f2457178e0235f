import { FlowSyncError } from '@flowsync/crdt'
import { SignJWT } from 'jose'
import { secretKey } from './secret-key.js'

/** What a hub token says about its bearer, and the secret that vouches for it. */
export interface HubTokenOptions {
  /** Stable id of the user, the token's `sub`. Outboxes and grants belong to it: never a display name others can choose. */
  readonly subject: string
  /** What the bearer may do, such as `write:doc:*` or `read:chat:lobby`. An empty list grants nothing. */
  readonly grants: readonly string[]
  /** The hub's HS256 secret, at least 32 bytes. Never the secret of your sessions: whoever holds it could sign in as anybody. */
  readonly secret: string
  /** Where the token is valid: a workspace, a list of workspaces, or `*` for all. Absent, the workspace `default` alone. */
  readonly workspace?: string | readonly string[]
  /** Seconds until the token expires. Default 300. `'never'` is for scripts and tests: nothing takes such a token back. */
  readonly expiresInSeconds?: number | 'never'
  /** `aud` claim, when the hub asks for one. */
  readonly audience?: string
  /** `iss` claim, when the hub asks for one. */
  readonly issuer?: string
}

/** A token, and when it expires in milliseconds since 1970 by this server's clock; 0 for never. */
export interface SignedToken {
  readonly token: string
  readonly expiresAtMs: number
}

const MAX_SUBJECT_BYTES = 1024
const DEFAULT_SECONDS = 300

/**
 * Signs a short-lived HS256 token that the hub's `jwtAuth({ secret })` accepts.
 *
 * For server code: pages that call `getServerData`, actions, scripts. The algorithm is fixed, and `exp` is a whole
 * second, rounded down.
 *
 * ```ts
 * const token = await createHubToken({ subject: user.id, grants: ['read:doc:*'], secret: process.env.HUB_SECRET ?? '' })
 * ```
 * @throws FlowSyncError `config/invalid` for an empty or overlong subject, no workspace, a short secret or a lifetime
 *   that is not positive
 */
export async function createHubToken(options: HubTokenOptions): Promise<string> {
  return (await signHubToken(options)).token
}

/** As `createHubToken`, and tells when the token expires. */
export async function signHubToken(options: HubTokenOptions): Promise<SignedToken> {
  const { subject, grants, secret, workspace, audience, issuer } = options
  const key = secretKey(secret)
  if (subject === '' || new TextEncoder().encode(subject).length > MAX_SUBJECT_BYTES)
    throw invalid(`The subject of a hub token must have 1 to ${MAX_SUBJECT_BYTES} bytes`)
  if (workspace?.length === 0)
    throw invalid('`workspace` of a hub token must not be empty; leave it out for `default`')
  const issuedAtMs = Date.now()
  const expiresAtSeconds = expiryOf(options.expiresInSeconds ?? DEFAULT_SECONDS, issuedAtMs)
  const token = new SignJWT({ grants: [...grants], ...(workspace === undefined ? {} : { workspace }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt(Math.floor(issuedAtMs / 1000))
  if (expiresAtSeconds > 0) token.setExpirationTime(expiresAtSeconds)
  if (audience !== undefined) token.setAudience(audience)
  if (issuer !== undefined) token.setIssuer(issuer)
  return { token: await token.sign(key), expiresAtMs: expiresAtSeconds * 1000 }
}

/** In whole seconds since 1970; 0 for never. */
function expiryOf(expiresInSeconds: number | 'never', nowMs: number): number {
  if (expiresInSeconds === 'never') return 0
  if (!(expiresInSeconds > 0 && Number.isFinite(expiresInSeconds)))
    throw invalid("expiresInSeconds must be a positive number of seconds, or 'never'")
  return Math.floor(nowMs / 1000 + expiresInSeconds)
}

function invalid(message: string): FlowSyncError {
  return new FlowSyncError('config/invalid', message)
}
