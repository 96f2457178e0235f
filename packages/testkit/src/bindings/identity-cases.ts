import type { Receipt } from '@flowsync/core'
import { expect } from 'vitest'
import type { BindingHarness, FollowedOptions, Mounted, Probe, ShownClient, ShownStream } from './harness.js'
import { tokenOf } from './scripted-hub.js'
import type { BindingWorld } from './world.js'

const doc: Probe = { kind: 'stream', name: 'doc:probe' }

/** What a binding must show and do when another user signs in, or nobody is signed in. */
type IdentityCase = (world: BindingWorld, harness: BindingHarness) => Promise<void>

function shown(mounted: Mounted): ShownStream | undefined {
  const text = mounted.text()
  return text === '' ? undefined : (JSON.parse(text) as ShownStream)
}

function insert(text: string) {
  return { op: 'insert', pos: 0, text }
}

/** Options of a user who is signed in as an application says it: by subject and token. */
function userOptions(world: BindingWorld) {
  const common = world.options()
  return (subject: string): FollowedOptions => ({ ...common, subject, token: () => tokenOf(subject) })
}

/** The code that an edit is refused with, on the spot or by its receipt; undefined when it is acknowledged. */
async function refusalOf(push: () => Receipt): Promise<unknown> {
  try {
    await push().acked
    return undefined
  } catch (error) {
    return (error as { readonly code?: unknown }).code
  }
}

/** By name. */
export const identityCases: Readonly<Record<string, IdentityCase>> = {
  'a user who signs in without a page load is shown and sends nothing of the former': async (
    world,
    harness,
  ) => {
    const as = userOptions(world)
    world.hub.edit('doc:probe', insert('everybody'))
    const mounted = harness.mountFollower(as('alice'), doc)
    await world.until(() => shown(mounted)?.value === 'everybody', 'what is there')
    world.hub.hold()
    mounted.push(insert('canary-of-alice '))
    await world.until(() => shown(mounted)?.value === 'canary-of-alice everybody', 'her edit')
    const renders = mounted.renders.length
    mounted.follow(as('bob'))
    expect(world.hub.guestCount).toBeLessThanOrEqual(1)
    await world.until(() => shown(mounted)?.value === '', 'nothing of hers')
    world.hub.release()
    await world.until(() => shown(mounted)?.value === 'everybody', 'what is there for him')
    await mounted.push(insert('bob was here, ')).acked
    world.hub.edit('doc:probe', insert('remote '))
    await world.until(() => shown(mounted)?.value === 'remote bob was here, everybody', 'both')
    expect(mounted.renders.slice(renders).join()).not.toContain('canary')
    expect(world.hub.authorsOf('doc:probe')).toEqual(['other', 'bob', 'other'])
    mounted.follow(as('alice'))
    // What she could not send was kept for her, and is sent by herself.
    await world.until(() => String(shown(mounted)?.value).includes('canary-of-alice'), 'her edit again')
    await world.until(() => shown(mounted)?.pendingCount === 0, 'the acknowledgement')
    expect(world.hub.authorsOf('doc:probe')).toEqual(['other', 'bob', 'other', 'alice'])
    mounted.unmount()
  },

  'an edit in the tick of the switch is made by the new user or refused': async (world, harness) => {
    const as = userOptions(world)
    const mounted = harness.mountFollower(as('alice'), doc)
    await world.until(() => shown(mounted)?.isSynced === true, 'the stream')
    mounted.follow(as('bob'))
    const outcome = refusalOf(() => mounted.push(insert('canary')))
    await world.pass(1_000)
    const code = await outcome
    expect(world.hub.authorsOf('doc:probe')).toEqual(code === undefined ? ['bob'] : [])
    expect([undefined, 'client/closed']).toContain(code)
    mounted.unmount()
  },

  'signed out: disconnected at once, read-only, silent, until somebody signs in': async (world, harness) => {
    const as = userOptions(world)
    let asked = 0
    const counted = (options: FollowedOptions): FollowedOptions => ({
      ...options,
      token: () => {
        asked++
        return options.token()
      },
    })
    const mounted = harness.mountFollower(counted(as('alice')), doc)
    await world.until(() => shown(mounted)?.isSynced === true, 'the stream')
    await mounted.push(insert('hers')).acked
    await world.until(() => shown(mounted)?.value === 'hers', 'her edit')
    asked = 0
    mounted.follow({ ...counted(as('alice')), subject: null })
    expect(world.hub.guestCount).toBe(0)
    expect(await refusalOf(() => mounted.push(insert('nobody')))).toBe('auth/signed-out')
    await world.until(() => shown(mounted)?.error === 'auth/signed-out', 'why it was refused')
    expect(shown(mounted)).toMatchObject({ value: '', pendingCount: 0 })
    await world.pass(600_000)
    expect([asked, world.hub.guestCount, world.clock.timerCount]).toEqual([0, 0, 0])
    mounted.follow(counted(as('alice')))
    await world.until(() => shown(mounted)?.value === 'hers', 'what is hers')
    await mounted.push(insert('again ')).acked
    expect(world.hub.valueOf('doc:probe')).toBe('again hers')
    mounted.unmount()
  },

  'a token function that says nobody is signed in is asked again when the page is looked at': async (
    world,
    harness,
  ) => {
    let user: string | undefined
    let asked = 0
    const token = () => {
      asked++
      return user === undefined ? null : tokenOf(user)
    }
    const options = { ...world.options(), subject: undefined, token }
    const status = harness.mountFollower(options, { kind: 'client' })
    const state = () => (JSON.parse(status.text() || '{}') as Partial<ShownClient>).status
    await world.until(() => state() === 'signed-out', 'signed out')
    await world.pass(600_000)
    expect(asked).toBe(1)
    // An inline function is another one with each render.
    status.follow({ ...options, token: () => token() })
    await world.pass(600_000)
    expect([asked, world.hub.connectionCount]).toEqual([1, 0])
    user = 'alice'
    document.dispatchEvent(new Event('visibilitychange'))
    await world.until(() => state() === 'live', 'live')
    user = undefined
    world.hub.dropAll()
    await world.until(() => state() === 'signed-out', 'signed out again')
    status.unmount()
  },

  'another user whom only the token tells gets another client': async (world, harness) => {
    let user = 'alice'
    const options = { ...world.options(), subject: undefined, token: () => tokenOf(user) }
    const mounted = harness.mountFollower(options, doc)
    await world.until(() => shown(mounted)?.isSynced === true, 'the stream')
    world.hub.hold()
    mounted.push(insert('canary-of-alice'))
    await world.until(() => shown(mounted)?.value === 'canary-of-alice', 'her edit')
    user = 'bob'
    world.hub.dropAll()
    world.hub.release()
    await world.until(() => shown(mounted)?.value === '' && shown(mounted)?.isSynced === true, 'his stream')
    await mounted.push(insert('his')).acked
    expect(world.hub.valueOf('doc:probe')).toBe('his')
    expect(world.hub.authorsOf('doc:probe')).toEqual(['bob'])
    mounted.unmount()
  },

  'another hub gets another client': async (world, harness) => {
    const as = userOptions(world)
    const mounted = harness.mountFollower(as('alice'), doc)
    await world.until(() => shown(mounted)?.isSynced === true, 'the stream')
    expect(world.hub.urls).toEqual(['http://hub.invalid'])
    mounted.follow({ ...as('alice'), url: 'http://other.invalid' })
    await world.until(() => world.hub.connectionCount === 2, 'another connection')
    await world.until(() => world.hub.listenerCount('doc:probe') === 1, 'the stream there')
    expect(world.hub.urls).toEqual(['http://hub.invalid', 'http://other.invalid'])
    expect(world.hub.guestCount).toBe(1)
    mounted.unmount()
  },

  'what a server read for one user is not shown to another': async (world, harness) => {
    world.hub.edit('doc:probe', insert('canary'))
    const hydrate = world.hub.dehydrate('doc:probe')
    world.hub.hold()
    for (const state of [hydrate, { ...hydrate, subject: 'alice' }]) {
      const as = userOptions(world)
      const mounted = harness.mountFollower({ ...as('alice'), hydrate: state }, doc)
      await world.until(() => shown(mounted)?.value === 'canary', 'what the server read')
      const renders = mounted.renders.length
      mounted.follow({ ...as('bob'), hydrate: state })
      await world.until(() => shown(mounted)?.value === '', 'nothing')
      await world.pass(1_000)
      expect(mounted.renders.slice(renders).join()).not.toContain('canary')
      mounted.follow({ ...as('bob'), hydrate: { ...hydrate, subject: 'bob' } })
      await world.until(() => shown(mounted)?.value === 'canary', 'what the server read for him')
      mounted.unmount()
    }
    world.hub.release()
  },
}
