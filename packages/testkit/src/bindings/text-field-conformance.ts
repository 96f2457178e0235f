import { FlowSyncError, type FlowSyncClient } from '@flowsync/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Person } from './field-person.js'
import type { BindingStreams } from './streams.js'
import { BindingWorld } from './world.js'

/** A field of the suite's texts, bound as the documentation says. */
export interface FieldScene {
  readonly client: FlowSyncClient<BindingStreams>
  readonly name: 'doc:a' | 'doc:b'
}

/** A field that a framework rendered. Its methods resolve once the framework has done what is asked. */
export interface MountedField {
  /** The `<textarea>`; undefined while there is none. */
  element(): HTMLTextAreaElement | undefined
  /** Renders the same component with other arguments. */
  update(scene: FieldScene): Promise<void>
  /** Hides the component the way the framework keeps hidden ones, such as `Activity` or `KeepAlive`. */
  hide(): Promise<void>
  show(): Promise<void>
  unmount(): void
}

/** How the suite uses a binding's text fields. */
export interface FieldHarness {
  readonly framework: string
  /** Mounts a field, over server-rendered HTML when that is given. */
  mount(scene: FieldScene, html?: string): MountedField
  /** As `mount`, where the framework has a mode that mounts twice. */
  mountTwice?(scene: FieldScene): MountedField
  renderToString(scene: FieldScene): Promise<string>
}

/** The suite that every binding's text fields pass: nothing is written that no person typed. */
export function describeTextField(harness: FieldHarness): void {
  describe(`a text field in ${harness.framework}`, () => {
    let world: BindingWorld
    let client: FlowSyncClient<BindingStreams>
    let mounted: MountedField | undefined

    beforeEach(() => {
      world = new BindingWorld()
      client = world.client()
      world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'text of a' })
      world.hub.edit('doc:b', { op: 'insert', pos: 0, text: 'text of b' })
    })
    afterEach(async () => {
      mounted?.unmount()
      mounted = undefined
      document.body.replaceChildren()
      await world.pass(5_000)
      await world.end()
    })

    const scene = (name: FieldScene['name'] = 'doc:a', by = client): FieldScene => ({ client: by, name })
    const field = (): HTMLTextAreaElement => {
      const element = mounted?.element()
      if (!element) throw new Error('There is no field')
      return element
    }
    const shows = (text: string) =>
      world.until(() => mounted?.element()?.value === text, `the field shows ${text}`)
    const stored = (name: string): unknown => world.hub.valueOf(name)
    const type = (text: string, at = field().value.length): void => {
      const person = new Person(field())
      person.select(at)
      person.type(text)
    }
    const synced = () =>
      world.until(() => client.getSnapshot().pendingCount === 0, 'everything is acknowledged')

    test('shows the text and sends what is typed', async () => {
      mounted = harness.mount(scene())
      await shows('text of a')
      type('!')
      await synced()
      expect(stored('doc:a')).toBe('text of a!')
      world.hub.edit('doc:a', { op: 'insert', pos: 0, text: '>> ' })
      await shows('>> text of a!')
    })

    test('goes on to another stream and back, and writes nothing', async () => {
      mounted = harness.mount(scene())
      await shows('text of a')
      await mounted.update(scene('doc:b'))
      await shows('text of b')
      await mounted.update(scene())
      await shows('text of a')
      await world.pass(1_000)
      expect([stored('doc:a'), stored('doc:b')]).toEqual(['text of a', 'text of b'])
      type('!')
      await synced()
      expect([stored('doc:a'), stored('doc:b')]).toEqual(['text of a!', 'text of b'])
    })

    test('is hidden and shown, while others write, and writes nothing', async () => {
      mounted = harness.mount(scene())
      await shows('text of a')
      await mounted.hide()
      world.hub.edit('doc:a', { op: 'insert', pos: 0, text: '>> ' })
      await world.pass(3_000)
      await mounted.show()
      await shows('>> text of a')
      await world.pass(1_000)
      expect(stored('doc:a')).toBe('>> text of a')
      type('!')
      await synced()
      expect(stored('doc:a')).toBe('>> text of a!')
    })

    test('goes on with another client, and writes nothing', async () => {
      mounted = harness.mount(scene())
      await shows('text of a')
      const next = world.client()
      await mounted.update(scene('doc:a', next))
      await shows('text of a')
      await world.pass(1_000)
      expect(stored('doc:a')).toBe('text of a')
      type('!')
      await world.until(() => stored('doc:a') === 'text of a!', 'the edit of the next client')
      expect(next.getSnapshot().pendingCount).toBe(0)
    })

    test('is read-only while the hub does not let this client have the stream', async () => {
      world.hub.refuse('doc:a', new FlowSyncError('acl/denied', 'Not yours.'))
      mounted = harness.mount(scene())
      await world.until(() => mounted?.element()?.readOnly === true, 'a read-only field')
      type('x')
      expect(field().value).toBe('')
    })

    test('may be mounted twice at once', async () => {
      mounted = (harness.mountTwice ?? harness.mount)(scene())
      await shows('text of a')
      type('!')
      await synced()
      await world.pass(1_000)
      expect([stored('doc:a'), field().value]).toEqual(['text of a!', 'text of a!'])
    })

    test('takes back what was typed, and nothing else', async () => {
      mounted = harness.mount(scene())
      await shows('text of a')
      type('!')
      world.hub.edit('doc:a', { op: 'insert', pos: 0, text: '>> ' })
      await shows('>> text of a!')
      new Person(field()).press('z', { ctrlKey: true })
      expect(field().value).toBe('>> text of a')
      new Person(field()).press('z', { ctrlKey: true, shiftKey: true })
      await synced()
      expect([field().value, stored('doc:a')]).toEqual(['>> text of a!', '>> text of a!'])
    })

    test('is served with its text, and comes alive without writing it', async () => {
      client.stream('doc:a')
      await world.until(() => client.getSnapshot().state === 'live', 'live')
      const state = client.dehydrate()
      const served = world.client({ hydrate: state, connect: false })
      const html = await harness.renderToString(scene('doc:a', served))
      expect(html).toContain('text of a')
      const next = world.client({ hydrate: state })
      mounted = harness.mount(scene('doc:a', next), html)
      await shows('text of a')
      await world.until(() => next.getSnapshot().state === 'live', 'live')
      await world.pass(1_000)
      expect(stored('doc:a')).toBe('text of a')
    })

    test('holds what was typed after any sequence of such things', async () => {
      let state = 20_261
      const random = (below: number): number => {
        state = (state * 48_271) % 2_147_483_647
        return state % below
      }
      let name: FieldScene['name'] = 'doc:a'
      let isShown = true
      const typed = { 'doc:a': 0, 'doc:b': 0 }
      mounted = harness.mount(scene())
      await shows('text of a')
      for (let step = 0; step < 80; step++) {
        const what = random(6)
        if (what === 0) await mounted.update(scene((name = name === 'doc:a' ? 'doc:b' : 'doc:a')))
        else if (what === 1) await (isShown ? mounted.hide() : mounted.show())
        else if (what === 2) world.hub.edit(name, { op: 'insert', pos: 0, text: 'R' })
        else if (what === 3) mounted.element()?.form?.reset()
        else if (what === 4 && isShown) field().value = 'stale'
        else if (isShown) {
          await shows(String(client.stream(name).value))
          type(name === 'doc:a' ? 'A' : 'B', random(field().value.length + 1))
          typed[name]++
        }
        if (what === 1) isShown = !isShown
        if (what === 4 && isShown) field().dispatchEvent(new Event('focus'))
        await world.pass(50)
      }
      await synced()
      for (const [stream, letter, original] of [
        ['doc:a', 'A', 'text of a'],
        ['doc:b', 'B', 'text of b'],
      ] as const) {
        const text = String(stored(stream))
        expect(text.replaceAll(/[RAB]/g, '')).toBe(original)
        expect([...text].filter((unit) => unit === letter)).toHaveLength(typed[stream])
        expect([...text].filter((unit) => 'AB'.includes(unit) && unit !== letter)).toEqual([])
      }
    })
  })
}
