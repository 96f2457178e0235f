import { BindingWorld, Person } from '@flowsync/testkit/bindings'
import { hydrate, mount, tick, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import TitleProbe from './tests/TitleProbe.svelte'

let world: BindingWorld
let target: HTMLElement
let component: object

beforeEach(() => {
  world = new BindingWorld()
  target = document.createElement('div')
  document.body.append(target)
})
afterEach(async () => {
  await unmount(component)
  document.body.replaceChildren()
  await world.pass(5_000)
  await world.end()
})

const field = (): HTMLInputElement => {
  const found = target.querySelector('input')
  if (!found) throw new Error('There is no field')
  return found
}

describe('useStreamModel', () => {
  test('is what bind:value binds, and writes what was typed', async () => {
    world.hub.edit('title:a', { op: 'set', value: 'first' })
    component = mount(TitleProbe, { target, props: { client: world.client() } })
    await world.until(() => field().value === 'first', 'the title')
    const person = new Person(field())
    person.select(0)
    person.type('the ')
    await world.until(() => world.hub.valueOf('title:a') === 'the first', 'the new title')
    world.hub.edit('title:a', { op: 'set', value: 'theirs' })
    await world.until(() => field().value === 'theirs', 'their title')
  })

  test('takes nothing of a field that the browser had filled', async () => {
    target.innerHTML = '<!--[--><input><!--]-->'
    field().value = 'from the last visit'
    component = hydrate(TitleProbe, { target, props: { client: world.client() } })
    await tick()
    await world.pass(2_000)
    expect([world.hub.valueOf('title:a'), field().value]).toEqual([undefined, ''])
  })
})
