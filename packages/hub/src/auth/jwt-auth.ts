import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import { createError } from '@flowsync/protocol'
import { secretKey } from '@flowsync/token'
import { tokenExpired, type Authenticate, type Identity } from './authenticate.js'

/** Where the key comes from that tokens are verified with. The algorithm follows from it and is fixed. */
export type JwtKey =
  /** HS256 with a secret of at least 32 bytes. */
  | { readonly secret: string }
  /** EdDSA with an Ed25519 public key in PEM form. */
  | { readonly publicKey: string }
  /** EdDSA with a key set that is fetched from here, and again when an unknown key id turns up. */
  | { readonly jwksUrl: string }

/** What a JSON Web Token must be like to be accepted. */
export type JwtAuthOptions = JwtKey & {
  /** The token's `aud` must be or contain it. */
  readonly audience?: string
  /** The token's `iss` must be it. */
  readonly issuer?: string
}

/** Clocks of hub and issuer may differ by this much. A token never outlives its `exp`. */
const CLOCK_TOLERANCE_S = 5
const DEFAULT_WORKSPACES = ['default']
const ANY_WORKSPACE = '*'

/**
 * Accepts JSON Web Tokens with the claims `sub`, `exp` (absent: never expires), `grants` (absent: none)
 * and `workspace`: a name, a list of names or `*` for all; absent, the workspace `default` alone. `createHubToken` of
 * `@flowsync/token` makes them.
 *
 * ```ts
 * createHub({ auth: jwtAuth({ secret: process.env.FLOWSYNC_SECRET }), … })
 * ```
 * @throws FlowSyncError `config/invalid` for a secret below 32 bytes, a key that is no Ed25519 key, a URL that is none
 */
export function jwtAuth(options: JwtAuthOptions): Authenticate {
  const { algorithms, key } = keyOf(options)
  const { audience, issuer } = options
  return async (token, { nowMs }) => {
    const rules: JWTVerifyOptions = {
      algorithms,
      audience,
      issuer,
      currentDate: new Date(nowMs),
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub'],
    }
    return identityOf(await verify(token, await key(), rules))
  }
}

type Key = Uint8Array | KeyObject | JWTVerifyGetKey

function keyOf(options: JwtKey): { algorithms: ('HS256' | 'EdDSA' | 'Ed25519')[]; key: () => Promise<Key> } {
  if ('secret' in options) {
    const secret = secretKey(options.secret)
    return { algorithms: ['HS256'], key: async () => secret }
  }
  if ('publicKey' in options) {
    const publicKey = ed25519Key(options.publicKey)
    return { algorithms: ['EdDSA', 'Ed25519'], key: async () => publicKey }
  }
  const keySet = createRemoteJWKSet(keySetUrl(options.jwksUrl))
  return { algorithms: ['EdDSA', 'Ed25519'], key: async () => keySet }
}

function ed25519Key(pem: string): KeyObject {
  const key = parsePublicKey(pem)
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw createError('config/invalid', 'The public key must be an Ed25519 key in PEM form.')
}

function parsePublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem)
  } catch (error) {
    // What the parser says of a text that is no key helps nobody.
    if (error instanceof Error) return undefined
    throw error
  }
}

function keySetUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw createError('config/invalid', `The URL of the key set, ${JSON.stringify(text)}, is none.`)
}

async function verify(token: string, key: Key, rules: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    const { payload } =
      typeof key === 'function' ? await jwtVerify(token, key, rules) : await jwtVerify(token, key, rules)
    return payload
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw tokenExpired()
    if (cause instanceof errors.JWKSTimeout || cause instanceof TypeError) throw cause
    // The reason stays here: it would tell a forger what to try next.
    throw createError('auth/token-invalid', 'The token is not valid.', { cause })
  }
}

function identityOf({ sub, exp, workspace, grants = [] }: JWTPayload): Identity {
  if (typeof sub !== 'string') throw claimInvalid('sub')
  if (!isTextList(grants)) throw claimInvalid('grants')
  return {
    subject: sub,
    grants,
    expiresAtMs: exp === undefined ? 0 : exp * 1000,
    workspaces: workspacesOf(workspace),
  }
}

function workspacesOf(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return DEFAULT_WORKSPACES
  const names = typeof claim === 'string' ? [claim] : claim
  if (!isTextList(names)) throw claimInvalid('workspace')
  return names.includes(ANY_WORKSPACE) ? undefined : names
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function claimInvalid(claim: string): Error {
  return createError('auth/token-invalid', `The token's claim "${claim}" is not what it should be.`)
}
