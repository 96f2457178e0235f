import { BindingWorld } from '@flowsync/testkit/bindings'
import { flushSync, hydrate, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { stream } from './index.js'
import AssignProbe from './tests/AssignProbe.svelte'
import type { AssignReport } from './tests/assign-report.js'

let world: BindingWorld
let target: HTMLElement
let report: AssignReport
let component: object | undefined
const warn = vi.fn()

beforeEach(() => {
  world = new BindingWorld()
  target = document.createElement('div')
  document.body.append(target)
  report = {}
  component = undefined
  warn.mockClear()
  vi.spyOn(console, 'warn').mockImplementation(warn)
})

afterEach(async () => {
  if (component) await unmount(component)
  target.remove()
  vi.restoreAllMocks()
  await world.pass(10_000)
  await world.end()
})

function element<E extends Element>(selector: string): E {
  const found = target.querySelector<E>(selector)
  if (!found) throw new Error(`There is no ${selector}`)
  return found
}

const warned = (name: string): boolean => warn.mock.calls.some(([message]) => String(message).includes(name))

describe('assigning to a stream', () => {
  test('a field that mounts, early or late, writes nothing; a person does', async () => {
    component = mount(AssignProbe, { target, props: { client: world.client(), report } })
    await world.until(() => world.hub.listenerCount('title:a') === 1, 'the stream')
    flushSync(() => report.showLate?.())
    await world.pass(1_000)
    expect(warned('title:choice')).toBe(true)
    expect([world.hub.valueOf('title:choice'), world.hub.valueOf('title:a')]).toEqual([undefined, undefined])
    const choice = element<HTMLInputElement>('#choice')
    choice.value = 'second'
    choice.dispatchEvent(new Event('input', { bubbles: true }))
    const title = element<HTMLInputElement>('#title')
    title.value = 'typed'
    title.dispatchEvent(new Event('input', { bubbles: true }))
    await world.until(() => world.hub.valueOf('title:choice') === 'second', 'the choice')
    await world.until(() => world.hub.valueOf('title:a') === 'typed', 'the title')
    report.assignTitle?.()
    await world.until(() => world.hub.valueOf('title:a') === 'assigned', 'what code assigned')
  })

  test('what a browser restored before hydration is nobody’s edit', async () => {
    target.innerHTML =
      '<!--[--><input id="title"> <label><input type="radio" value="a"> a</label> <label><input type="radio" value="b"> b</label> <!--[-1--><!--]--><!--]-->'
    element<HTMLInputElement>('#title').value = 'restored'
    const [, second] = target.querySelectorAll<HTMLInputElement>('[type=radio]')
    if (second) second.checked = true
    component = hydrate(AssignProbe, { target, props: { client: world.client(), report } })
    await world.until(() => world.hub.listenerCount('title:a') === 1, 'the stream')
    await world.pass(1_000)
    expect([world.hub.valueOf('title:a'), world.hub.valueOf('title:radio')]).toEqual([undefined, undefined])
    expect([warned('title:a'), warned('title:radio')]).toEqual([true, true])
  })

  test('an effect writes nothing, and is told of handle.set', async () => {
    component = mount(AssignProbe, { target, props: { client: world.client(), report } })
    await world.until(() => world.hub.listenerCount('title:a') === 1, 'the stream')
    flushSync(() => report.runEffect?.())
    await world.pass(1_000)
    expect(world.hub.valueOf('title:a')).toBe(undefined)
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('handle.set'))
  })

  test('what cannot be assigned says how it is edited', async () => {
    component = mount(AssignProbe, { target, props: { client: world.client(), report } })
    const readOnly = (message: string): unknown =>
      expect.objectContaining({
        code: 'value/read-only',
        message: expect.stringContaining(message) as unknown,
      })
    expect(() => report.assignText?.()).toThrow(readOnly('{@attach textField(doc)}'))
    expect(() => report.assignCurrent?.()).toThrow(readOnly('doc:a'))
    expect(() => report.assignNotes?.()).toThrow(readOnly('.append()'))
    await world.pass(1_000)
    expect(world.hub.authorsOf('doc:a')).toEqual([])
  })

  test('a register outside of components is a writable store', async () => {
    const title = stream('title:a', world.client())
    title.set('from code')
    await world.until(() => world.hub.valueOf('title:a') === 'from code', 'the title')
  })
})
