import { expect, it } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import { driverOn, endAll, start } from '../tests/redis-drivers.js'
import { contentOf, fillWorkspace, moveWorkspace } from '../tests/stored-workspace.js'

it('moves a workspace to Redis and back as it is', async () => {
  const server = await start()
  const [from, there, back] = [memory(), driverOn(server.url), memory()]
  try {
    for (const driver of [from, there, back]) await driver.open()
    await fillWorkspace(from, 'acme')
    await moveWorkspace(from, there, 'acme')
    expect(await contentOf(there, 'acme')).toEqual(await contentOf(from, 'acme'))
    await moveWorkspace(there, back, 'acme')
    expect(await contentOf(back, 'acme')).toEqual(await contentOf(from, 'acme'))
  } finally {
    await endAll()
  }
}, 60_000)
