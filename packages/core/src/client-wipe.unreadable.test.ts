import { expect, it } from 'vitest'
import { createError } from '@flowsync/protocol'
import type { ClientStorage } from './storage/driver.js'
import { codeOf, World } from './tests/world.js'

type Step = 'open' | 'owners' | 'load'

/** A storage of which one step fails. */
function failing(storage: ClientStorage, step: Step): ClientStorage {
  const failOn = (present: Step): void => {
    if (present === step) throw createError('storage/unavailable', 'The disk cannot be read.')
  }
  return {
    ...storage,
    async open(scope, onWiped) {
      failOn('open')
      const handle = await storage.open(scope, onWiped)
      return {
        ...handle,
        async owners() {
          failOn('owners')
          return handle.owners()
        },
        async load(names) {
          failOn('load')
          return handle.load(names)
        },
      }
    },
  }
}

it.each<Step>(['open', 'owners', 'load'])(
  'does not erase unsent edits that it cannot count: a disk that fails to %s',
  async (step) => {
    const world = new World()
    const dead = world.client({ connect: false })
    await dead.stream('doc:a').insert(0, 'unsent').saved
    world.host.killTabs()
    const client = world.client({ storage: failing(world.disk, step), connect: false })
    const code = codeOf(client.wipe())
    await world.system.advance(60_000)
    const handle = await world.disk.open({ workspace: 'default', subject: 'alice' })
    expect([(await handle.owners()).length, await code]).toEqual([1, 'storage/unavailable'])
    await handle.close()
    await client.close()
  },
)
