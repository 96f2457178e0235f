import { expect, it } from 'vitest'
import { createClientLease, type ClientLease } from './client-lease.js'
import { createStreamObserver } from './observer.js'
import { streams, tokenFor, World } from './tests/world.js'

const nothing = (): void => undefined

/** A lease that is shown, of whoever is signed in: `subject` says it, or only the token. */
async function open(world: World, subject?: string) {
  const session: { user: string | null } = { user: 'alice' }
  const options = {
    url: 'http://hub.test',
    streams,
    subject,
    token: () => session.user && tokenFor(session.user),
    storage: world.disk,
    system: world.system,
    host: world.host,
    transport: world.hub.transport,
  }
  const lease: ClientLease<typeof streams> = createClientLease(options)
  lease.subscribe(nothing)
  const doc = createStreamObserver(lease, 'doc:a')
  doc.subscribe(nothing)
  await world.system.advance(1_000)
  expect(doc.getSnapshot()).toMatchObject({ value: 'hers', isSynced: true })
  /** The page is rendered with other functions, and looked at. */
  const look = async (): Promise<void> => {
    lease.setOptions({ ...options, token: () => options.token() })
    world.host.look()
    await world.system.advance(5_000)
  }
  return { session, lease, doc, look, options }
}

function worldWithText(): World {
  const world = new World()
  world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'hers' })
  return world
}

it.each(['alice', undefined])(
  'a wiped user’s data does not come back while her session is still there: subject %s',
  async (subject) => {
    const world = worldWithText()
    const { lease, look } = await open(world, subject)
    await lease.getSnapshot().wipe({ unsent: 'discard' })
    await look()
    const handle = await world.disk.open({ workspace: 'default', subject: 'alice' })
    expect(await handle.load(['doc:a'])).toMatchObject([{ epoch: '', tail: [] }])
    await handle.close()
  },
)

it.each(['alice', 'bob'])(
  'after a wipe and a sign-out the next user is live, also one whom only the token tells: %s',
  async (next) => {
    const world = worldWithText()
    const { session, lease, doc, look } = await open(world)
    await lease.getSnapshot().wipe({ unsent: 'discard' })
    session.user = null
    await look()
    session.user = next
    world.hub.subject = next
    await look()
    expect(lease.getSnapshot().getSnapshot().state).toBe('live')
    doc.handle.insert(0, 'x')
    await world.system.advance(1_000)
    expect(world.hub.log('doc:a').value).toBe('xhers')
    await lease.getSnapshot().close()
  },
)

it('a subject that the application names after a wipe counts, whatever the token told before', async () => {
  const world = worldWithText()
  const { lease, options } = await open(world)
  await lease.getSnapshot().wipe({ unsent: 'discard' })
  lease.setOptions({ ...options, subject: 'alice' })
  await world.system.advance(5_000)
  expect(lease.getSnapshot().getSnapshot().state).toBe('live')
  await lease.getSnapshot().close()
})
