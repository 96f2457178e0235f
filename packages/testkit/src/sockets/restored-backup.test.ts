import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type FlowSyncClient } from '@flowsync/core'
import { counter, list } from '@flowsync/crdt'
import { createHub, type Hub, jwtAuth, silentLogger, sqlite } from '@flowsync/hub'
import { defineStreams } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const streams = defineStreams({ 'counter:*': counter(), 'list:*': list<string>() })
const secret = 'a secret of at least thirty-two bytes'

let folder: string
let hub: Hub
let url: string
const clients: FlowSyncClient<typeof streams>[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowsync-restored-'))
  url = await start(0)
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await hub.close()
  rmSync(folder, { recursive: true })
})

const file = (): string => join(folder, 'log.db')

async function start(port: number): Promise<string> {
  const storage = sqlite(file())
  hub = createHub({ port, streams, storage, auth: jwtAuth({ secret }), logger: silentLogger })
  return (await hub.listen()).url
}

async function restart(whileDown: () => void): Promise<void> {
  await hub.close()
  whileDown()
  await start(Number(new URL(url).port))
}

function client(subject: string): FlowSyncClient<typeof streams> {
  const token = () => createHubToken({ subject, grants: ['write:*'], secret })
  const made = createClient({ url, streams, token, connect: true })
  clients.push(made)
  return made
}

it(
  'what a restored backup lacks comes back once, from who made it, and nobody misses what was stored since',
  { timeout: 30_000 },
  async () => {
    const [alice, bob, carol] = [client('alice'), client('bob'), client('carol')]
    const [mine, theirs, hers] = [alice.stream('list:a'), bob.stream('list:a'), carol.stream('list:a')]
    const votes = bob.stream('counter:a')
    await Promise.all([theirs.whenReady(), hers.whenReady(), votes.whenReady()])
    await mine.append('before the backup').acked
    await votes.increment(1).acked
    await restart(() => copyFileSync(file(), join(folder, 'backup.db')))

    await mine.append('after the backup').acked
    await votes.increment(10).acked
    await vi.waitFor(() => expect(theirs.value).toEqual(['before the backup', 'after the backup']))
    for (const each of [alice, bob, carol]) each.goOffline()
    const pending = [theirs.append('made offline'), votes.increment(100)]

    await restart(() => copyFileSync(join(folder, 'backup.db'), file()))
    carol.goOnline()
    const regrown = ['1', '2', '3', '4', '5'].map((number) => hers.append(number))
    await Promise.all(regrown.map(({ acked }) => acked))
    alice.goOnline()
    bob.goOnline()
    await Promise.all(pending.map(({ acked }) => acked))
    await mine.append('in the new epoch').acked

    const dave = client('dave')
    const stored = dave.stream('list:a')
    await stored.whenReady()
    for (const handle of [mine, theirs, hers])
      await vi.waitFor(() => expect(handle.value).toEqual(stored.value))
    // What was acknowledged and is not in the backup comes back from who made it.
    const made = ['before the backup', 'after the backup', ...'12345', 'made offline', 'in the new epoch']
    expect(stored.value.toSorted()).toEqual(made.toSorted())
    const counted = dave.stream('counter:a')
    await counted.whenReady()
    await vi.waitFor(() => expect(votes.value).toBe(counted.value))
    expect(counted.value).toBe(111)
  },
)
