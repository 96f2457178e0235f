import { FlowSyncError } from '@flowsync/crdt'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BindingHarness, Mounted, Probe, ShownClient, ShownStream } from './harness.js'
import { identityCases } from './identity-cases.js'
import { BindingWorld } from './world.js'

const doc: Probe = { kind: 'stream', name: 'doc:probe' }
const notes: Probe = { kind: 'stream', name: 'notes:probe' }
/** Longer than a binding may keep a stream or a client that nobody looks at. */
const graceMs = 10_000

function shownStream(mounted: Mounted): ShownStream | undefined {
  const text = mounted.text()
  return text === '' ? undefined : (JSON.parse(text) as ShownStream)
}

function shownClient(mounted: Mounted): ShownClient | undefined {
  const text = mounted.text()
  return text === '' ? undefined : (JSON.parse(text) as ShownClient)
}

/**
 * What every binding promises, proved in a DOM: to be called in a test file of the binding.
 * Nothing may be written to the console by any of it.
 */
export function describeBinding(harness: BindingHarness): void {
  describe(`${harness.framework} binding`, () => {
    let world: BindingWorld
    const complaints = vi.fn()

    beforeEach(() => {
      world = new BindingWorld()
      vi.spyOn(console, 'error').mockImplementation(complaints)
      vi.spyOn(console, 'warn').mockImplementation(complaints)
    })

    afterEach(async () => {
      await world.end()
      vi.restoreAllMocks()
      const calls = complaints.mock.calls.splice(0)
      expect(calls).toEqual([])
    })

    /** Mounts a probe of a stream and waits until it shows what the hub has. */
    async function mountReady(probe: Probe): Promise<Mounted> {
      const mounted = harness.mount({ client: world.client(), probe })
      await world.until(() => shownStream(mounted)?.isSynced === true, 'the probe shows the stream')
      return mounted
    }

    test('shows a loading stream, then what the hub has', async () => {
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hello' })
      world.hub.hold()
      const mounted = harness.mount({ client: world.client(), probe: doc })
      await world.until(() => mounted.text() !== '', 'the first render')
      await world.pass(100)
      expect(shownStream(mounted)).toEqual({
        value: '',
        status: 'loading',
        isSynced: false,
        pendingCount: 0,
        error: null,
      })
      world.hub.release()
      await world.until(() => shownStream(mounted)?.status === 'ready', 'ready')
      expect(shownStream(mounted)).toEqual({
        value: 'hello',
        status: 'ready',
        isSynced: true,
        pendingCount: 0,
        error: null,
      })
      mounted.unmount()
    })

    test('shows edits of others', async () => {
      const mounted = await mountReady(doc)
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'theirs' })
      await world.until(() => shownStream(mounted)?.value === 'theirs', 'the edit')
      mounted.unmount()
    })

    test('shows an own edit at once and counts it until the hub has it', async () => {
      const mounted = await mountReady(doc)
      world.hub.hold()
      const receipt = mounted.push({ op: 'insert', pos: 0, text: 'mine' })
      await world.until(() => shownStream(mounted)?.value === 'mine', 'the own edit')
      expect(shownStream(mounted)?.pendingCount).toBe(1)
      world.hub.release()
      await world.until(() => shownStream(mounted)?.pendingCount === 0, 'the acknowledgement')
      await expect(receipt.acked).resolves.toEqual({ seq: 1 })
      expect(world.hub.valueOf('doc:probe')).toBe('mine')
      mounted.unmount()
    })

    test('keeps push, handle and value as long as nothing changed', async () => {
      world.hub.edit('notes:probe', { op: 'append', value: { title: 'one', tags: [] } })
      const mounted = await mountReady(notes)
      const before = mounted.references()
      const renders = mounted.renders.length
      mounted.rerender()
      await world.until(() => mounted.renders.length > renders, 'another render')
      const after = mounted.references()
      expect(after).toHaveLength(before.length)
      after.forEach((reference, index) => expect(reference).toBe(before[index]))
      mounted.unmount()
    })

    test('keeps push and handle when the value changes', async () => {
      const mounted = await mountReady(doc)
      const [push, handle] = mounted.references()
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'x' })
      await world.until(() => shownStream(mounted)?.value === 'x', 'the edit')
      expect(mounted.references()[0]).toBe(push)
      expect(mounted.references()[1]).toBe(handle)
      mounted.unmount()
    })

    test('does not render again when what was selected is the same', async () => {
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'abc' })
      const mounted = harness.mount({ client: world.client(), probe: { kind: 'length', name: 'doc:probe' } })
      await world.until(() => mounted.text() === '3', 'the length')
      const renders = mounted.renders.length
      world.hub.edit('doc:probe', { op: 'replace', pos: 0, length: 1, text: 'z' })
      await world.pass(1_000)
      expect(mounted.renders.length).toBe(renders)
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'y' })
      await world.until(() => mounted.text() === '4', 'another length')
      mounted.unmount()
    })

    test('shows why a stream failed', async () => {
      world.hub.refuse('doc:probe', new FlowSyncError('acl/denied', 'Not yours.'))
      const mounted = harness.mount({ client: world.client(), probe: doc })
      await world.until(() => shownStream(mounted)?.status === 'failed', 'the refusal')
      expect(shownStream(mounted)?.error).toBe('acl/denied')
      mounted.unmount()
    })

    test('takes reactive proxies and keeps none of them', async () => {
      const mounted = await mountReady(notes)
      const value = harness.proxy({ title: 'draft', tags: ['a'] })
      const receipt = mounted.push({ op: 'append', value })
      value.title = 'changed'
      value.tags.push('b')
      await receipt.acked
      await world.until(() => shownStream(mounted)?.pendingCount === 0, 'the acknowledgement')
      expect(shownStream(mounted)?.value).toEqual([{ title: 'draft', tags: ['a'] }])
      expect(world.hub.valueOf('notes:probe')).toEqual([{ title: 'draft', tags: ['a'] }])
      const [, , shown] = mounted.references()
      // Throws for proxies, as IndexedDB does.
      expect(structuredClone(shown)).toEqual([{ title: 'draft', tags: ['a'] }])
      mounted.unmount()
    })

    test('can be unmounted while loading', async () => {
      world.hub.hold()
      const mounted = harness.mount({ client: world.client(), probe: doc })
      await world.until(() => world.hub.connectionCount === 1, 'a connection')
      mounted.unmount()
      const renders = mounted.renders.length
      await world.pass(100)
      world.hub.release()
      await world.pass(graceMs)
      expect(world.hub.listenerCount('doc:probe')).toBe(0)
      expect(mounted.renders.length).toBe(renders)
    })

    test('subscribes once when mounted twice', async () => {
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'once' })
      const mounted = harness.mountTwice({ client: world.client(), probe: doc })
      await world.until(() => shownStream(mounted)?.value === 'once', 'the value')
      await world.pass(graceMs)
      expect(shownStream(mounted)?.value).toBe('once')
      expect(world.hub).toMatchObject({ connectionCount: 1, subscribeCount: 1 })
      mounted.unmount()
    })

    test('keeps its subscription when mounted again within a moment', async () => {
      const client = world.client()
      const before = harness.mount({ client, probe: doc })
      await world.until(() => shownStream(before)?.isSynced === true, 'the probe shows the stream')
      before.unmount()
      await world.pass(100)
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'meanwhile' })
      await world.pass(100)
      const after = harness.mount({ client, probe: doc })
      await world.until(() => after.renders.length > 0, 'the first render')
      expect(JSON.parse(after.renders[0] ?? '')).toMatchObject({ value: 'meanwhile', isSynced: true })
      await world.pass(graceMs)
      expect(world.hub).toMatchObject({ connectionCount: 1, subscribeCount: 1 })
      expect(world.hub.listenerCount('doc:probe')).toBe(1)
      after.unmount()
    })

    test('shares a subscription between components and gives it up with the last', async () => {
      const client = world.client()
      const one = harness.mount({ client, probe: doc })
      const two = harness.mount({ client, probe: doc })
      await world.until(
        () => [one, two].every((mounted) => shownStream(mounted)?.isSynced),
        'both show the stream',
      )
      one.unmount()
      await world.pass(graceMs)
      expect(world.hub.listenerCount('doc:probe')).toBe(1)
      two.push({ op: 'insert', pos: 0, text: 'still here' })
      await world.until(() => shownStream(two)?.value === 'still here', 'the edit')
      two.unmount()
      await world.until(() => world.hub.listenerCount('doc:probe') === 0, 'nobody listens')
    })

    test('leaves nothing behind', async () => {
      const client = world.client()
      const mounted = harness.mount({ client, probe: doc })
      await world.until(() => shownStream(mounted)?.isSynced === true, 'the probe shows the stream')
      mounted.unmount()
      await world.pass(graceMs)
      expect(world.hub.listenerCount('doc:probe')).toBe(0)
      expect(client.dehydrate().streams).toEqual([])
      await client.close()
      await world.pass(graceMs)
      expect(world.clock.timerCount).toBe(0)
      expect(world.hub.guestCount).toBe(0)
    })

    test('begins with what the server rendered, then goes on live', async () => {
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'from the server' })
      const hydrate = world.hub.dehydrate('doc:probe')
      const html = await harness.renderToString({
        client: world.client({ hydrate, connect: false }),
        probe: doc,
      })
      expect(world.hub.connectionCount).toBe(0)
      world.hub.hold()
      const mounted = harness.mount({ client: world.client({ hydrate }), probe: doc }, html)
      const served = mounted.text()
      expect(JSON.parse(served)).toMatchObject({ value: 'from the server', pendingCount: 0, error: null })
      await world.until(() => mounted.renders.length > 0, 'the first render')
      expect(mounted.renders[0]).toBe(served)
      await world.pass(100)
      expect(shownStream(mounted)?.value).toBe('from the server')
      world.hub.release()
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'live ' })
      await world.until(() => shownStream(mounted)?.value === 'live from the server', 'the edit')
      mounted.unmount()
    })

    if (harness.hydratesInParts) {
      test('a part that hydrates late begins as the server left it', async () => {
        world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'served' })
        const hydrate = world.hub.dehydrate('doc:probe')
        const html = await harness.renderToString({
          client: world.client({ hydrate, connect: false }),
          probe: doc,
        })
        const client = world.client({ hydrate })
        const early = harness.mount({ client, probe: doc })
        world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'un' })
        await world.until(() => shownStream(early)?.value === 'unserved', 'the live value')
        const late = harness.mount({ client, probe: doc }, html)
        const served = late.text()
        await world.until(() => shownStream(late)?.value === 'unserved', 'the live value in the late part')
        expect(late.renders[0]).toBe(served)
        early.unmount()
        late.unmount()
      })
    }

    test('shows where the client stands', async () => {
      const client = world.client({ connect: false })
      const status = harness.mount({ client, probe: { kind: 'client' } })
      const stream = harness.mount({ client, probe: doc })
      await world.until(() => shownClient(status)?.status === 'offline' && stream.text() !== '', 'offline')
      expect(shownClient(status)).toEqual({ status: 'offline', isOnline: false, pendingCount: 0 })
      stream.push({ op: 'insert', pos: 0, text: 'queued' })
      await world.until(() => shownClient(status)?.pendingCount === 1, 'a queued edit')
      client.goOnline()
      await world.until(() => shownClient(status)?.status === 'live', 'live')
      await world.until(() => shownClient(status)?.pendingCount === 0, 'nothing queued')
      expect(shownClient(status)).toEqual({ status: 'live', isOnline: true, pendingCount: 0 })
      client.goOffline()
      await world.until(() => shownClient(status)?.isOnline === false, 'offline again')
      status.unmount()
      stream.unmount()
    })

    for (const [name, check] of Object.entries(identityCases)) {
      test(name, () => check(world, harness))
    }

    test('says what is missing when nothing provides a client', () => {
      expect(() => harness.mountWithoutClient()).toThrow(expect.objectContaining({ code: 'config/invalid' }))
      // A framework may tell the console as well that a component threw.
      complaints.mockClear()
    })
  })
}
