import { createTextField } from '@flowsync/core/text-field'
import { createApp, watch } from 'vue'
import AppBar from './components/AppBar.vue'
import { createFlowSyncFor } from './flowsync'
import { loadSession, user } from './use-session'
import './style.css'

const hubUrl = await loadSession()
const flowsync = createFlowSyncFor(hubUrl)
createApp(AppBar).use(flowsync).mount('#bar')

// A field of the page itself, which no component renders.
const field = document.querySelector<HTMLTextAreaElement>('#text')
if (!field) throw new Error('The page has no field.')
watch(
  user,
  (_user, _former, onCleanup) => {
    onCleanup(createTextField(flowsync.client.stream('doc:static')).attach(field))
  },
  { immediate: true, flush: 'post' },
)
