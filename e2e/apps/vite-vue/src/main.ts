import { createApp } from 'vue'
import App from './App.vue'
import { createFlowSyncFor } from './flowsync'
import { router } from './router'
import { loadSession } from './use-session'
import './style.css'

const hubUrl = await loadSession()
createApp(App).use(router).use(createFlowSyncFor(hubUrl)).mount('#app')
