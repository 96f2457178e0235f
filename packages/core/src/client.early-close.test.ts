import { expect, it } from 'vitest'
import { codeOf, World } from './tests/world.js'

it('what was edited in the very step in which the client closes is saved', async () => {
  const world = new World()
  const client = world.client()
  const { saved } = client.stream('doc:a').insert(0, 'x')
  const outcome = codeOf(saved)
  await client.close()
  const next = await world.liveClient()
  const doc = next.stream('doc:a')
  await next.whenSynced()
  expect([await outcome, doc.value, world.hub.log('doc:a').value]).toEqual(['resolved', 'x', 'x'])
  await next.close()
})
