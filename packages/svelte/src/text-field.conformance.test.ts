import { describeTextField } from '@flowsync/testkit/bindings'
import { afterAll, beforeAll } from 'vitest'
import { svelteFieldHarness } from './tests/field-harness.js'
import { startServerRenderer, type ServerRenderer } from './tests/server-renderer.js'

let server: ServerRenderer
beforeAll(async () => {
  server = await startServerRenderer()
})
afterAll(() => server.close())

describeTextField(svelteFieldHarness((scene) => server.renderField(scene)))
