import { expect, it } from 'vitest'
import { createClientLease } from './client-lease.js'
import { memory } from './storage/memory.js'
import { streams, tokenFor, World } from './tests/world.js'

const PATIENCE = 100

/** How often a lease of whoever the token tells asks for a token at first, and when its connection broke once. */
async function questions(world: World, tokenOf: (question: number) => string): Promise<number> {
  let asked = 0
  const lease = createClientLease({
    url: 'http://hub.test',
    streams,
    // Without an end to it this test would have none either.
    token: () => (++asked > PATIENCE ? new Promise<string>(() => undefined) : tokenOf(asked)),
    storage: memory(),
    system: world.system,
    host: world.host,
    transport: world.hub.transport,
  })
  const stop = lease.subscribe(() => undefined)
  // Every promise goes on as far as it can.
  await new Promise((resolve) => setImmediate(resolve))
  world.hub.dropAll()
  await world.system.advance(2_000)
  await new Promise((resolve) => setImmediate(resolve))
  stop()
  void lease.getSnapshot().close()
  return asked
}

it('a hub that names users otherwise than their tokens do is not asked over and over', async () => {
  const world = new World()
  world.hub.subject = 'tenant/alice'
  expect(await questions(world, () => tokenFor('alice'))).toBeLessThan(10)
  expect(world.hub.connectCount).toBeLessThan(5)
})

it('a token function that takes turns between two users is not asked over and over', async () => {
  const world = new World()
  expect(await questions(world, (question) => tokenFor(question % 2 ? 'alice' : 'bob'))).toBeLessThan(10)
})
