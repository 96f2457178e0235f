import { BindingWorld } from '@flowsync/testkit/bindings'
import { flushSync, mount, unmount } from 'svelte'
import { get } from 'svelte/store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stream } from './index.js'
import type { DerivedReport } from './tests/derived-report.js'
import Derived from './tests/Derived.svelte'

describe('stream', () => {
  let world: BindingWorld

  beforeEach(() => {
    world = new BindingWorld()
  })

  afterEach(() => world.end())

  test('follows a name that changes, with a client that lives as long as its component', async () => {
    world.hub.edit('doc:one', { op: 'insert', pos: 0, text: '1' })
    world.hub.edit('doc:two', { op: 'insert', pos: 0, text: '2' })
    const target = document.createElement('div')
    const report: DerivedReport = {}
    const component = mount(Derived, { target, props: { options: world.options(), report } })
    await world.until(() => target.textContent === '1|1', 'the first stream')
    flushSync(() => report.rename?.('doc:two'))
    await world.until(() => target.textContent === '2|2', 'the second stream')
    report.push?.('the ')
    await world.until(() => target.textContent === 'the 2|the 2', 'an edit of the second')
    await world.until(() => world.hub.listenerCount('doc:one') === 0, 'the first is given up')
    await unmount(component)
    await world.until(() => world.hub.guestCount === 0, 'no connection')
    expect(report.client?.getSnapshot().state).toBe('closed')
  })

  test('is a store outside of components', async () => {
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hi' })
    const doc = stream('doc:probe', world.client())
    const values: string[] = []
    const stop = doc.subscribe((value) => values.push(value))
    await world.until(() => values.at(-1) === 'hi', 'the value')
    doc.insert(2, '!')
    expect(get(doc)).toBe('hi!')
    expect(doc.current).toBe('hi!')
    await world.until(() => values.at(-1) === 'hi!', 'the own edit')
    stop()
    await world.until(() => world.hub.listenerCount('doc:probe') === 0, 'the stream is given up')
    expect(values).toEqual(['', 'hi', 'hi!'])
  })
})
