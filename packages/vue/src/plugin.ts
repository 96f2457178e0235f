import {
  createClient,
  FlowSyncError,
  type ClientOptions,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { hasInjectionContext, inject, type App, type InjectionKey } from 'vue'

/** The options of a client, and what `getServerData` fetched for the first render. */
export interface FlowSyncOptions extends ClientOptions<RegisteredStreams> {
  hydrate?: DehydratedState
}

/** What `app.use` takes. */
export interface FlowSyncPlugin {
  install(app: App): void
  readonly client: FlowSyncClient<RegisteredStreams>
}

/** Under this key the plugin provides the client. */
export const flowSyncKey: InjectionKey<FlowSyncClient<RegisteredStreams>> = Symbol('flowsync')

/**
 * Makes the plugin that provides an app with a client: yours, or one of these options, which is silent on a server
 * and closed when the app is unmounted. On a server make app and plugin for each request, never for several.
 *
 * ```ts
 * createApp(App).use(createFlowSync({ url: 'https://hub.example', streams, token: fetchToken })).mount('#app')
 * ```
 */
export function createFlowSync(source: FlowSyncClient<RegisteredStreams> | FlowSyncOptions): FlowSyncPlugin {
  const isGiven = 'getSnapshot' in source
  const client = isGiven ? source : createClient(source)
  if (!isGiven && source.hydrate !== undefined) client.hydrate(source.hydrate)
  return {
    client,
    install(app) {
      app.provide(flowSyncKey, client)
      if (!isGiven) app.onUnmount(() => void client.close())
    },
  }
}

/**
 * The client that the plugin provides.
 * @throws FlowSyncError `config/invalid` without the plugin, or outside setup
 */
export function useFlowSyncClient(): FlowSyncClient<RegisteredStreams> {
  const client = hasInjectionContext() ? inject(flowSyncKey, undefined) : undefined
  if (client === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'No FlowSync client here: call app.use(createFlowSync(…)), and call this in setup.',
    )
  }
  return client
}
