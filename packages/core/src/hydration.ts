import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError, fromWireError, NO_EPOCH } from '@flowsync/protocol'
import { subjectOf } from './session/token.js'
import type { Registry } from './stream/registry.js'

/** The state of one stream as JSON. */
export interface DehydratedStream {
  readonly name: string
  readonly rule: string
  readonly epoch: string
  readonly seq: number
  /** What the rule's `encodeState` made, base64. */
  readonly state: string
}

/** Streams as a server rendered them: JSON that {@link FlowSyncClient.hydrate} takes. */
export interface DehydratedState {
  readonly workspace: string
  /** For whom it was read. A client of another user passes it over. Absent when the token did not tell. */
  readonly subject?: string
  readonly streams: readonly DehydratedStream[]
}

/** How {@link getServerData} asks. */
export interface ServerDataOptions {
  readonly token: string
  /** Default `default`. */
  readonly workspace?: string
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** How long to wait for the hub. Default 800: somebody waits for the page, which works without the data. */
  readonly timeoutMs?: number
}

/**
 * Fetches the confirmed state of streams over HTTP, for a server that renders them.
 *
 * Check who is signed in first: the page shows what the token may read. The token's subject is the user whose client
 * takes the data; a client of somebody else passes it over. Pages that can do without take {@link tryGetServerData}.
 * What a framework throws through `fetch` to steer itself, such as Next.js while it prerenders, passes unchanged.
 *
 * ```ts
 * const state = await getServerData('https://hub.example', ['doc:readme'], { token })
 * ```
 * @throws FlowSyncError `network/unreachable`, `network/timeout`, or what the hub answered, such as `acl/denied`
 */
export async function getServerData(
  hubUrl: string,
  names: readonly string[],
  options: ServerDataOptions,
): Promise<DehydratedState> {
  const { token, workspace = 'default', timeoutMs = 800 } = options
  const url = new URL(
    `${hubUrl.replace(/^ws/, 'http').replace(/\/+$/, '')}/v1/${encodeURIComponent(workspace)}/hydrate`,
  )
  for (const name of names) url.searchParams.append('stream', name)
  try {
    const response = await (options.fetch ?? fetch)(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
      // What one user may see must not be cached for another.
      cache: 'no-store',
    })
    const body: unknown = await response.json()
    if (!response.ok) throw hubError(response.status, body)
    const subject = subjectOf(token)
    return subject === undefined ? (body as DehydratedState) : { ...(body as DehydratedState), subject }
  } catch (cause) {
    throw isFlowSyncError(cause) || isSignal(cause) ? cause : networkError(cause, timeoutMs)
  }
}

/**
 * True for what a framework throws to itself, known by its digest, which no error of a network has. As the cause of
 * another error it would be lost: a page of Next.js fails to build instead of becoming a dynamic one.
 */
function isSignal(cause: unknown): boolean {
  return typeof (Object(cause) as { readonly digest?: unknown }).digest === 'string'
}

/** The hub answers refusals with `{ error: { code, message, details } }`. */
function hubError(status: number, body: unknown): FlowSyncError {
  const { error } = Object(body) as { readonly error?: Readonly<Record<string, unknown>> }
  if (typeof error?.code !== 'string') {
    return createError('hub/internal', `The hub answered with status ${status}.`, { details: { status } })
  }
  const details = JSON.stringify(error.details ?? {})
  return fromWireError({ code: error.code, message: String(error.message), retryAfterMs: 0, details })
}

function networkError(cause: unknown, timeoutMs: number): FlowSyncError {
  if (Object(cause) instanceof Error && (cause as Error).name === 'TimeoutError') {
    return createError('network/timeout', `The hub did not answer within ${timeoutMs} ms.`, { cause })
  }
  return createError('network/unreachable', 'The hub cannot be reached.', { cause })
}

/**
 * Shows a client what a server rendered, unless it was read for another user.
 * @param own whose the client is; null when nobody is signed in, undefined when nobody knows yet
 * @throws FlowSyncError `config/invalid` for the state of another workspace
 */
export function hydrateStreams(
  registry: Registry,
  expected: string,
  own: string | null | undefined,
  { workspace, subject, streams }: DehydratedState,
): void {
  if (workspace !== expected) {
    throw createError(
      'config/invalid',
      `The state is of the workspace ${workspace}, the client of ${expected}.`,
    )
  }
  if (subject !== undefined && own !== undefined && subject !== own) return
  for (const { name, rule, epoch, seq, state } of streams) {
    registry.seed(name, rule, { epoch, seq, state: fromBase64(state) }, subject)
  }
}

/** The confirmed state of streams that are open and have nothing unacknowledged. */
export function dehydrateStreams(registry: Registry, names?: readonly string[]): DehydratedStream[] {
  return registry.openStreams
    .filter(
      ({ name, epoch, outbox }) => epoch !== NO_EPOCH && outbox.isEmpty && (names?.includes(name) ?? true),
    )
    .map(({ name, rule, epoch, fold }) => {
      return { name, rule: rule.name, epoch, seq: fold.seq, state: toBase64(fold.encodeState()) }
    })
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  // In parts: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8_192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8_192))
  }
  return btoa(text)
}

/** @throws FlowSyncError `codec/malformed` */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch (cause) {
    throw createError('codec/malformed', 'A hydrated state is not base64.', { cause })
  }
}
