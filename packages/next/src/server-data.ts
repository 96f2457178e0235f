import {
  getServerData as fetchServerData,
  type DehydratedState,
  type ServerDataOptions,
} from '@flowsync/core'

/**
 * Fetches streams from the hub for the first paint, in a server component. The answer is never cached by Next, so the
 * page becomes a dynamic one. Give the result to a provider: `<FlowSyncProvider hydrate={state}>`.
 *
 * ```tsx
 * const token = await createHubToken({ subject: user.id, grants: ['read:doc:*'], secret })
 * const state = await getServerData(hubUrl, ['doc:readme'], { token })
 * ```
 * @throws FlowSyncError what the hub refused, `network/unreachable` or `network/timeout`. A page that can do without
 *   catches it: the browser then shows what it has stored.
 */
export async function getServerData(
  hubUrl: string,
  names: readonly string[],
  options: ServerDataOptions,
): Promise<DehydratedState> {
  try {
    return await fetchServerData(hubUrl, names, { fetch: uncached, ...options })
  } catch (error) {
    const { cause } = Object(error) as { readonly cause?: unknown }
    throw isSignal(cause) ? cause : error
  }
}

/**
 * What Next's own `fetch` throws while a page is prerendered tells Next that the page is a dynamic one. As the cause of
 * another error it would fail the build. Next knows such errors by their digest, which no error of a network has.
 */
const isSignal = (cause: unknown): boolean =>
  typeof (Object(cause) as { digest?: unknown }).digest === 'string'

/** Next keeps answers of `fetch` unless told otherwise. */
const uncached: typeof fetch = (input, init) => fetch(input, { ...init, cache: 'no-store' })
