import { fetchToken } from '@flowsync/core'
import { createFlowSync } from '@flowsync/vue'
import { streams } from '~~/shared/streams'

/** The client, which follows who is signed in. On the server there is one for each request, and it is silent. */
export default defineNuxtPlugin(async (nuxtApp) => {
  const { session, user, refresh } = useAuth()
  if (import.meta.server && !import.meta.prerender) await refresh()
  nuxtApp.vueApp.use(
    createFlowSync({
      url: () => session.value.hubUrl,
      streams,
      subject: () => user.value?.id ?? null,
      token: () => fetchToken('/api/flowsync/token'),
    }),
  )
  // A prerendered page is the same for everybody.
  if (nuxtApp.payload.prerenderedAt) nuxtApp.hook('app:mounted', refresh)
})
