import { createClientLease, createClientObserver } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { bindingStreams } from '@flowsync/testkit/bindings'
import { renderToString } from '@vue/server-renderer'
import { expect, test } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { createFlowSync, useFlowSync } from './index.js'

test.each([null, 'alice'])('a server shows what hydration repeats, signed in as %s', async (subject) => {
  const options = {
    url: 'http://hub',
    streams: bindingStreams,
    subject,
    token: () => null,
    storage: memory(),
  }
  const app = createSSRApp(
    defineComponent(() => {
      const { status } = useFlowSync()
      return () => h('b', status.value)
    }),
  )
  app.use(createFlowSync(options))
  const first = createClientObserver(createClientLease(options)).getServerSnapshot()
  expect(await renderToString(app)).toBe(`<b>${first.state}</b>`)
})
