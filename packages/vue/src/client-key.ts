import { FlowSyncError, type FlowSyncClient, type RegisteredStreams } from '@flowsync/core'
import { hasInjectionContext, inject, type InjectionKey, type Ref } from 'vue'

/** The client of this moment; changes when another user signs in. */
export type FlowSyncClientRef = Readonly<Ref<FlowSyncClient<RegisteredStreams>>>

/** Under this key the plugin provides the client. */
export const flowSyncKey: InjectionKey<FlowSyncClientRef> = Symbol('flowsync')

/**
 * A ref of the client that the plugin provides; it changes when another user signs in.
 * @throws FlowSyncError `config/invalid` without the plugin, or outside setup
 */
export function useFlowSyncClient(): FlowSyncClientRef {
  const client = hasInjectionContext() ? inject(flowSyncKey, undefined) : undefined
  if (client === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'No FlowSync client here: call app.use(createFlowSync(…)), and call this in setup.',
    )
  }
  return client
}
