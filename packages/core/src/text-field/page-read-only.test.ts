// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField } from '../tests/field-person.js'
import { World } from '../tests/world.js'
import { createTextField } from './create-text-field.js'

afterEach(() => document.body.replaceChildren())

async function open() {
  const world = new World()
  const client = await world.liveClient()
  const handle = client.stream('doc:a')
  await handle.whenReady()
  return { world, client, handle, element: createField() }
}

it('a field that the page made read-only stays it when it is detached, or attached anew, in the same step', async () => {
  const { client, handle, element } = await open()
  const field = createTextField(handle)
  field.attach(element)
  element.readOnly = true
  const detach = field.attach(element)
  expect(element.readOnly).toBe(true)
  detach()
  expect(element.readOnly).toBe(true)
  await client.close()
})

it('a field that a listener of the stream made read-only stays it', async () => {
  const { world, client, handle, element } = await open()
  handle.subscribe(() => {
    element.readOnly = handle.value.length > 3
  })
  const detach = createTextField(handle).attach(element)
  handle.insert(0, 'a long text')
  await world.system.advance(1_000)
  expect(element.readOnly).toBe(true)
  detach()
  await client.close()
})

it('the undo keys do nothing in a read-only field, as in every other one', async () => {
  const { client, handle, element } = await open()
  const detach = createTextField(handle).attach(element)
  const person = new Person(element)
  person.select(0)
  person.type('x')
  element.readOnly = true
  person.press('z', { ctrlKey: true })
  expect(handle.value).toBe('x')
  detach()
  await client.close()
})
