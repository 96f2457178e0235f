import { SignJWT } from 'jose'
import { secretKey } from './secret-key.js'

/** What a token shall say. */
export interface TokenClaims {
  readonly subject: string
  readonly grants: readonly string[]
  /** One, several, or `*` for all. */
  readonly workspace: string | readonly string[]
  /** 0 for never. */
  readonly expiresAtMs: number
  readonly audience?: string
  readonly issuer?: string
}

/**
 * Makes a token that `jwtAuth({ secret })` accepts. For development and for servers that mint their own.
 * @throws FlowSyncError `config/invalid` for a secret below 32 bytes
 */
export async function mintToken(secret: string, claims: TokenClaims): Promise<string> {
  const { subject, grants, workspace, expiresAtMs, audience, issuer } = claims
  const token = new SignJWT({ grants, workspace })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
  if (expiresAtMs > 0) token.setExpirationTime(Math.floor(expiresAtMs / 1000))
  if (audience !== undefined) token.setAudience(audience)
  if (issuer !== undefined) token.setIssuer(issuer)
  return token.sign(secretKey(secret))
}
