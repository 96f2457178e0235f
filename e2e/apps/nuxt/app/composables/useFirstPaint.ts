import type { DehydratedState } from '@flowsync/core'
import { useFlowSyncClient } from '@flowsync/vue'

/** Brings streams into the first paint. What comes later reaches the client through the hub. */
export async function useFirstPaint(names: readonly string[]): Promise<void> {
  const client = useFlowSyncClient()
  const { isHydrating } = useNuxtApp()
  const fetch = useRequestFetch()
  const { data } = await useAsyncData(
    `first-paint:${names.join()}`,
    () => fetch<DehydratedState | null>('/api/first-paint', { query: { names } }),
    { immediate: import.meta.server },
  )
  // Only what the server rendered: another user may have signed in since.
  if (data.value && (import.meta.server || isHydrating)) client.value.hydrate(data.value)
}
