import {
  createClientLease,
  type ClientLease,
  type ClientOptions,
  type ClientSource,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { customRef, effectScope, isRef, toValue, watch, type App, type MaybeRefOrGetter, type Ref } from 'vue'
import { flowSyncKey, type FlowSyncClientRef } from './client-key.js'
import { vFlowsyncText } from './text-field-directive.js'

type Followed = 'url' | 'workspace' | 'subject' | 'token'

/** The options of a client, and what `getServerData` fetched for the first render. Those that are refs or getters are followed. */
export interface FlowSyncOptions extends Omit<ClientOptions<RegisteredStreams>, Followed> {
  url: MaybeRefOrGetter<string>
  workspace?: MaybeRefOrGetter<string | undefined>
  /** Who is signed in, such as `() => user.value?.id ?? null`. */
  subject?: MaybeRefOrGetter<string | null | undefined>
  /** The token function, or a ref of it. */
  token: ClientOptions<RegisteredStreams>['token'] | Ref<ClientOptions<RegisteredStreams>['token']>
  hydrate?: MaybeRefOrGetter<DehydratedState | undefined>
}

/** What `app.use` takes. */
export interface FlowSyncPlugin {
  install(app: App): void
  /** The client of this moment: another one when another user signs in. */
  readonly client: FlowSyncClient<RegisteredStreams>
}

/**
 * Makes the plugin that provides an app with a client: yours, or one of these options, which is silent on a server
 * and closed when the app is unmounted. On a server make app and plugin for each request, never for several.
 *
 * When `subject`, `url` or `workspace` is a ref or getter and changes, another client takes the place of the former in the
 * same step: the former is closed, and everything that `useStream` and the like show is the new one's.
 *
 * ```ts
 * const flowsync = createFlowSync({ url: 'https://hub.example', streams, token: fetchToken, subject: () => user.value?.id ?? null })
 * createApp(App).use(flowsync).mount('#app')
 * ```
 */
export function createFlowSync(source: FlowSyncClient<RegisteredStreams> | FlowSyncOptions): FlowSyncPlugin {
  const lease = createClientLease(resolve(source))
  if (!isClient(source)) hydrate(lease, toValue(source.hydrate))
  return {
    get client() {
      return lease.getSnapshot()
    },
    install(app) {
      let tell: () => void = () => undefined
      const client = refOf(lease, (trigger) => {
        tell = trigger
      })
      app.provide(flowSyncKey, client)
      app.directive('flowsync-text', vFlowsyncText)
      // A server renders once, and nothing may outlive the request.
      if (typeof document === 'undefined') return
      const scope = effectScope(true)
      scope.run(() => follow(lease, source))
      const stop = lease.subscribe(() => tell())
      app.onUnmount(() => {
        scope.stop()
        stop()
        if (!isClient(source)) void lease.getSnapshot().close()
      })
    },
  }
}

function isClient(
  source: FlowSyncClient<RegisteredStreams> | FlowSyncOptions,
): source is FlowSyncClient<RegisteredStreams> {
  return 'getSnapshot' in source
}

function follow(
  lease: ClientLease<RegisteredStreams>,
  source: FlowSyncClient<RegisteredStreams> | FlowSyncOptions,
): void {
  if (isClient(source)) return
  // In the same step: an edit that follows a change of user must not be made on the former client.
  watch(
    () => resolve(source),
    (options) => lease.setOptions(options),
    { flush: 'sync' },
  )
  watch(
    () => toValue(source.hydrate),
    (state) => hydrate(lease, state),
    { flush: 'sync' },
  )
}

function hydrate(lease: ClientLease<RegisteredStreams>, state: DehydratedState | undefined): void {
  if (state !== undefined) lease.hydrate(state)
}

function resolve(
  source: FlowSyncClient<RegisteredStreams> | FlowSyncOptions,
): ClientSource<RegisteredStreams> {
  if (isClient(source)) return source
  const { hydrate: _hydrate, url, workspace, subject, token, ...others } = source
  return {
    ...others,
    url: toValue(url),
    workspace: toValue(workspace),
    subject: toValue(subject),
    // Not `toValue`: that would call it.
    token: isRef(token) ? token.value : token,
  }
}

/** A ref of the lease's client that is never behind it. */
function refOf(
  lease: ClientLease<RegisteredStreams>,
  onTrigger: (trigger: () => void) => void,
): FlowSyncClientRef {
  return customRef((track, trigger) => {
    onTrigger(trigger)
    return {
      get() {
        track()
        return lease.getSnapshot()
      },
      set: () => undefined,
    }
  })
}
