import { FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { signHubToken, type HubTokenOptions, type SignedToken } from './hub-token.js'
import { readSession } from './read-session.js'

/** A value, or a promise of one. */
type Awaitable<Value> = Value | Promise<Value>

/** How the sessions of an application become hub tokens. */
export interface TokenRouteOptions<Session, Event = Request> extends Pick<
  HubTokenOptions,
  'audience' | 'issuer'
> {
  /**
   * Whose request this is: the session, or null when nobody is signed in. It is given what the framework gives its
   * handlers, a `Request` or an event, and the headers of the answer, for a cookie that is renewed.
   */
  readonly session: (event: Event, headers: Headers) => Awaitable<Session | null | undefined>
  /** What this session may do at the hub. Called for each token, so a change takes effect when the token is renewed. */
  readonly grants: (session: Session) => Awaitable<readonly string[]>
  /** The hub's secret, at least 32 bytes. A function is asked for each token, so that a build needs no secret. */
  readonly secret: string | (() => Awaitable<string>)
  /** Where tokens are valid: a workspace, a list, or `*` for all. Absent, the workspace `default` alone. */
  readonly workspace?: HubTokenOptions['workspace'] | ((session: Session) => string | readonly string[])
  /** The stable id of the session's user. Default: `user.id`, else `user.email`; sessions that have neither need it. */
  readonly subject?: (session: Session) => string | number | null | undefined
  /** Seconds until a token expires. Default 300. A token never outlives its session. */
  readonly expiresInSeconds?: number
  /** When the session ends. Default: its `expires`, if that is a date or the text of one. */
  readonly expires?: (session: Session) => Date | string | null | undefined
  /** Told why an answer is 500. Default: `console.error`. */
  readonly onError?: (error: FlowSyncError) => void
}

/** A session in which the route finds a stable id by itself. */
export interface SessionWithUser {
  readonly user?: { readonly id?: string | number | null; readonly email?: string | null } | null
}

/** The body of an answer: a token, or null when nobody is signed in. */
export type TokenResponse =
  | {
      readonly token: string
      /** When the token expires, in milliseconds since 1970 by the server's clock. */
      readonly expiresAtMs: number
    }
  | { readonly token: null }

/** The body of a refusal. */
export interface TokenErrorResponse {
  readonly error: { readonly code: string; readonly message: string }
}

/** Handlers of a route; both do the same. */
export interface TokenRoute<Event = Request> {
  readonly GET: (event: Event) => Promise<Response>
  readonly POST: (event: Event) => Promise<Response>
}

// The overload for any session comes first: TypeScript keeps the parameter types of callbacks from its first try.
/** Makes the route for sessions that keep the user's id elsewhere: `subject` is required. */
export function createTokenRoute<Session, Event = Request>(
  options: TokenRouteOptions<Session, Event> & Required<Pick<TokenRouteOptions<Session>, 'subject'>>,
): TokenRoute<Event>
/**
 * Makes the route that turns a session into a short-lived hub token, for every framework with web-standard answers.
 *
 * Without a session, or with one that has ended, the answer is 200 with `{ "token": null }`: nobody being signed in is no
 * failure. A session without a stable id, or a wrong configuration, is 500 with `config/invalid`. Answers are never cached
 * and never readable by other sites: no CORS header is sent, and the route changes nothing, so a forged request gains
 * nothing. What `session` or `grants` throw is left to the framework.
 *
 * ```ts
 * // Next.js with Auth.js: app/api/flowsync/token/route.ts
 * export const { GET, POST } = createTokenRoute({
 *   session: () => auth(),
 *   grants: () => ['write:doc:*'],
 *   secret: () => process.env.HUB_SECRET ?? '',
 * })
 * ```
 */
export function createTokenRoute<Session extends SessionWithUser, Event = Request>(
  options: TokenRouteOptions<Session, Event>,
): TokenRoute<Event>
export function createTokenRoute<Session, Event>(
  options: TokenRouteOptions<Session, Event>,
): TokenRoute<Event> {
  const handle = async (event: Event): Promise<Response> => {
    const headers = new Headers({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    const session = await options.session(event, headers)
    try {
      const body: TokenResponse = (session == null ? undefined : await tokenOf(session, options)) ?? {
        token: null,
      }
      return Response.json(body, { headers })
    } catch (error) {
      if (!isFlowSyncError(error)) throw error
      if (options.onError) options.onError(error)
      else console.error(error)
      const body: TokenErrorResponse = { error: { code: error.code, message: error.message } }
      return Response.json(body, { status: 500, headers })
    }
  }
  return { GET: handle, POST: handle }
}

/** Undefined for a session that has ended. */
async function tokenOf<Session, Event>(
  session: Session & {},
  options: TokenRouteOptions<Session, Event>,
): Promise<SignedToken | undefined> {
  const { secret, workspace, expiresInSeconds = 300, audience, issuer } = options
  const { subject, expiresAtMs } = readSession(session, options)
  const secondsLeft = (expiresAtMs - Date.now()) / 1000
  if (secondsLeft < 1) return undefined
  return signHubToken({
    subject,
    grants: await options.grants(session),
    secret: typeof secret === 'function' ? await secret() : secret,
    // A function that finds no workspace must not grant the default one.
    workspace: typeof workspace === 'function' ? (workspace(session) ?? '') : workspace,
    expiresInSeconds: Math.min(expiresInSeconds, secondsLeft),
    audience,
    issuer,
  })
}
