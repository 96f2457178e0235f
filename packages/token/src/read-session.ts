import { FlowSyncError } from '@flowsync/crdt'

/** How a session is read when its fields are not those that are looked for. */
export interface ReadSession<Session> {
  readonly subject?: (session: Session) => string | number | null | undefined
  readonly expires?: (session: Session) => Date | string | null | undefined
}

/** What the token route must know of a session. */
export interface SessionFacts {
  readonly subject: string
  /** Infinity for a session that does not tell. */
  readonly expiresAtMs: number
}

/** @throws FlowSyncError `config/invalid` for a session without a stable id, or with an end that is no time */
export function readSession<Session>(session: Session, read: ReadSession<Session>): SessionFacts {
  const subject = (read.subject ?? stableId)(session)
  if (!isStableId(subject)) {
    throw new FlowSyncError(
      'config/invalid',
      'The session has no stable id: give createTokenRoute a `subject`, or `user.id` or `user.email` to the session. When nobody is signed in, `session` must return null',
    )
  }
  return { subject: String(subject), expiresAtMs: timeOf((read.expires ?? ownEnd)(session)) }
}

/** An object or a promise reads the same for every user, and NaN is nobody. */
function isStableId(subject: unknown): subject is string | number {
  return typeof subject === 'string' ? subject !== '' : Number.isSafeInteger(subject)
}

/** As Auth.js and most others have it. An email address is the last resort: people change it. */
function stableId(session: unknown): string | number | undefined {
  const { user } = Object(session) as { readonly user?: unknown }
  const { id, email } = Object(user) as { readonly id?: unknown; readonly email?: unknown }
  // An id of another kind is a mistake, and no reason to take the address.
  if (id != null && id !== '') return id as string | number
  return typeof email === 'string' ? email : undefined
}

function ownEnd(session: unknown): Date | string | undefined {
  const { expires } = Object(session) as { readonly expires?: unknown }
  return expires instanceof Date || typeof expires === 'string' ? expires : undefined
}

function timeOf(end: Date | string | null | undefined): number {
  if (end == null) return Infinity
  const timeMs = new Date(end).getTime()
  if (!Number.isNaN(timeMs)) return timeMs
  throw new FlowSyncError('config/invalid', 'The end of the session is neither a date nor the text of one')
}
