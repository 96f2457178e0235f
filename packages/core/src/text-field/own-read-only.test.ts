// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { createField } from '../tests/field-person.js'
import { World } from '../tests/world.js'
import { createTextField } from './create-text-field.js'

it('a field that the application made read-only, while it was so anyway, stays it', async () => {
  const world = new World()
  const client = await world.liveClient()
  const handle = client.stream('doc:a')
  await handle.whenReady()
  const element = createField()
  const detach = createTextField(handle).attach(element)
  const grant = async (access: 'read' | 'write'): Promise<void> => {
    world.hub.access = access
    world.hub.dropAll()
    await world.system.advance(5_000)
  }
  await grant('read')
  expect(element.readOnly).toBe(true)
  element.readOnly = true
  await grant('write')
  expect([handle.getSnapshot().access, element.readOnly]).toEqual(['write', true])
  detach()
  await client.close()
})
