import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { getServerData, type DehydratedState, type ServerDataOptions } from './hydration.js'

/** How {@link tryGetServerData} asks, and whom it tells. */
export interface TryServerDataOptions extends ServerDataOptions {
  /** Told why there is no data. Default: `console.warn` when trying again may help, `console.error` when it will not. */
  readonly onError?: (error: FlowSyncError) => void
}

/**
 * As {@link getServerData}, for pages that work without the data: undefined when the hub gives none in time.
 *
 * The client then shows what the device has stored, and catches up once the hub is there. Every reason is reported, a
 * wrong secret or a missing grant too. What is not an answer of hub or network is thrown on, such as an address that is
 * none.
 *
 * ```ts
 * const hydrate = await tryGetServerData('https://hub.example', ['doc:readme'], { token })
 * ```
 */
export async function tryGetServerData(
  hubUrl: string,
  names: readonly string[],
  options: TryServerDataOptions,
): Promise<DehydratedState | undefined> {
  const { onError = report, ...request } = options
  try {
    return await getServerData(hubUrl, names, request)
  } catch (error) {
    if (!isFlowSyncError(error)) throw error
    onError(error)
    return undefined
  }
}

function report(error: FlowSyncError): void {
  const { code, message, retryable } = error
  if (retryable) console.warn(`FlowSync: the page is rendered without data of the hub. ${message} (${code})`)
  else
    console.error(
      'FlowSync: the page is rendered without data of the hub, and will be until this is mended:',
      error,
    )
}
