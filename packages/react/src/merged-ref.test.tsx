import { BindingWorld, Person } from '@flowsync/testkit/bindings'
import { useRef, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FlowSyncProvider, useTextField } from './index.js'

let world: BindingWorld
let container: HTMLElement
let root: Root

beforeEach(() => {
  world = new BindingWorld()
  container = document.createElement('div')
  document.body.append(container)
  root = createRoot(container)
})
afterEach(async () => {
  root.unmount()
  document.body.replaceChildren()
  await world.pass(5_000)
  await world.end()
})

/** React calls an inline ref with null and with the element again in each render. */
function Editor({ renders }: { renders: number }): ReactNode {
  const { field } = useTextField('doc:a')
  const own = useRef<HTMLTextAreaElement | null>(null)
  return (
    <textarea
      aria-label={`Text, ${renders}`}
      {...field}
      ref={(element) => {
        field.ref(element)
        own.current = element
      }}
    />
  )
}

test('a ref merged with one of its own keeps a composition over renders', async () => {
  const client = world.client()
  const render = (renders: number): void =>
    flushSync(() =>
      root.render(
        <FlowSyncProvider client={client}>
          <Editor renders={renders} />
        </FlowSyncProvider>,
      ),
    )
  render(1)
  const field = container.querySelector('textarea')
  if (!field) throw new Error('There is no field')
  await world.pass(100)
  const person = new Person(field)
  person.compose('に')
  render(2)
  person.compose('日本')
  await world.pass(100)
  person.endComposition()
  await world.pass(1_000)
  expect([field.value, world.hub.valueOf('doc:a')]).toEqual(['日本', '日本'])
})
