import { fetchToken } from '@flowsync/core'
import { createFlowSync, type FlowSyncPlugin } from '@flowsync/vue'
import { streams } from './streams'
import { user } from './use-session'

/** The client, which follows who is signed in. */
export function createFlowSyncFor(hubUrl: string): FlowSyncPlugin {
  return createFlowSync({
    url: hubUrl,
    streams,
    subject: () => user.value?.id ?? null,
    token: () => fetchToken('/api/flowsync/token'),
  })
}
