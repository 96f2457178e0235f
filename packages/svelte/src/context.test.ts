import { BindingWorld, tokenOf } from '@flowsync/testkit/bindings'
import { mount, unmount } from 'svelte'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followedOptions } from './tests/followed-options.svelte.js'
import FollowView from './tests/FollowView.svelte'
import { createReport } from './tests/report.js'

let world: BindingWorld

beforeEach(() => {
  world = new BindingWorld()
})

afterEach(() => world.end())

test('an edit that follows a change of user is the new one’s, before Svelte runs its effects', async () => {
  const report = createReport()
  const target = document.createElement('div')
  const as = (subject: string) => ({ ...world.options(), subject, token: () => tokenOf(subject) })
  const followed = followedOptions(as('alice'))
  const probe = { kind: 'stream', name: 'doc:probe' } as const
  const component = mount(FollowView, { target, props: { followed, probe, report } })
  await world.until(() => world.hub.listenerCount('doc:probe') === 1, 'the stream')
  followed.current = as('bob')
  const receipt = report.push({ op: 'insert', pos: 0, text: 'canary' } as never)
  await world.until(() => target.textContent?.includes('canary') === true, 'the edit')
  await receipt.acked
  expect(world.hub.authorsOf('doc:probe')).toEqual(['bob'])
  await unmount(component)
})
