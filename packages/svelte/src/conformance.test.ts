import { describeBinding } from '@flowsync/testkit/bindings'
import { afterAll, beforeAll } from 'vitest'
import { svelteHarness } from './tests/harness.js'
import { startServerRenderer, type ServerRenderer } from './tests/server-renderer.js'

let renderer: ServerRenderer

beforeAll(async () => {
  renderer = await startServerRenderer()
})

afterAll(() => renderer.close())

describeBinding(svelteHarness((scene) => renderer.render(scene)))
