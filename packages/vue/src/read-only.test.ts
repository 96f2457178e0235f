import { BindingWorld } from '@flowsync/testkit/bindings'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApp, effectScope, type Ref } from 'vue'
import { createFlowSync, useStream, useStreamValue } from './index.js'

let world: BindingWorld

beforeEach(() => {
  world = new BindingWorld()
})

afterEach(() => world.end())

/** Assigns to a ref as `v-model` does where nobody checks types. */
function assign(value: { readonly value: unknown }): void {
  ;(value as Ref<unknown>).value = 'x'
}

test.each([
  ['doc:a', `v-flowsync-text="'doc:a'"`],
  ['title:a', 'useStreamModel("title:a")'],
  ['notes:a', 'append'],
] as const)('a value of %s that is assigned to names the right way', async (name, advice) => {
  const app = createApp({ render: () => null })
  app.use(createFlowSync(world.client()))
  const scope = effectScope()
  app.runWithContext(() =>
    scope.run(() => {
      for (const value of [useStream(name).value, useStreamValue(name), useStreamValue(name, () => 1)]) {
        expect(() => assign(value)).toThrow(
          expect.objectContaining({
            code: 'value/read-only',
            message: expect.stringContaining(advice) as unknown,
          }),
        )
      }
    }),
  )
  await world.pass(1_000)
  expect(world.hub.authorsOf(name)).toEqual([])
  scope.stop()
})
