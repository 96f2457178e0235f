import { createError } from '@flowsync/protocol'

/** Who somebody is and what they may do, as a token says. */
export interface Identity {
  /** Whose replicas they are; stable for a person or service, never shared. */
  readonly subject: string
  /** Such as `write:doc:*`; see `parseGrants`. */
  readonly grants: readonly string[]
  /** By the hub's clock; 0 for never. */
  readonly expiresAtMs: number
  /** The workspaces the identity holds in. Absent: wherever the authenticator gives it out; it is told the workspace. */
  readonly workspaces?: readonly string[]
}

/** What an authenticator is told beside the token. */
export interface AuthContext {
  readonly workspace: string
  /** The hub's clock. */
  readonly nowMs: number
}

/**
 * Turns a token into an identity, or throws: a FlowSyncError is told to the client, anything else is
 * `hub/internal` to it and goes to the log.
 */
export type Authenticate = (token: string, context: AuthContext) => Identity | Promise<Identity>

const MAX_SUBJECT_BYTES = 1024

/**
 * Authenticates and checks what came out of it: the subject is one, the token is still valid, and it is
 * valid here.
 * @throws FlowSyncError `auth/token-missing`, `auth/token-invalid`, `auth/token-expired`, `acl/denied`
 */
export async function identify(auth: Authenticate, token: string, context: AuthContext): Promise<Identity> {
  if (token === '') throw createError('auth/token-missing', 'A token is needed.')
  const identity = await auth(token, context)
  const { subject, workspaces, expiresAtMs } = identity
  if (subject === '' || Buffer.byteLength(subject) > MAX_SUBJECT_BYTES) {
    throw createError('auth/token-invalid', 'The token names no subject, or one of more than 1024 bytes.')
  }
  if (expiresAtMs > 0 && expiresAtMs <= context.nowMs) throw tokenExpired()
  if (workspaces && !workspaces.includes(context.workspace)) {
    throw createError(
      'acl/denied',
      `The token is not valid in the workspace "${context.workspace}". Its claim "workspace" says where it is; absent, in "default" alone.`,
    )
  }
  return identity
}

/** The refusal of a token that was valid once. */
export function tokenExpired(): Error {
  return createError('auth/token-expired', 'The token has expired; fetch a new one.')
}
