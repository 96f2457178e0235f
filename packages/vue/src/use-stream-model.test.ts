import { BindingWorld, Person } from '@flowsync/testkit/bindings'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp, defineComponent, h, vModelText, withDirectives, type App } from 'vue'
import { createFlowSync, useStreamModel } from './index.js'

let world: BindingWorld
let container: HTMLElement
let app: App

beforeEach(() => {
  world = new BindingWorld()
  container = document.createElement('div')
  document.body.append(container)
})
afterEach(async () => {
  app.unmount()
  document.body.replaceChildren()
  await world.pass(5_000)
  await world.end()
})

describe('useStreamModel', () => {
  test('is the v-model of a register, and writes nothing by being mounted', async () => {
    world.hub.edit('title:a', { op: 'set', value: 'first' })
    const Title = defineComponent(() => {
      const title = useStreamModel('title:a')
      return () =>
        withDirectives(h('input', { 'onUpdate:modelValue': (value: string) => (title.value = value) }), [
          [vModelText, title.value],
        ])
    })
    app = createApp(Title)
    app.use(createFlowSync(world.client())).mount(container)
    const field = container.querySelector('input')
    if (!field) throw new Error('There is no field')
    await world.until(() => field.value === 'first', 'the title')
    const person = new Person(field)
    person.select(0)
    person.type('the ')
    await world.until(() => world.hub.valueOf('title:a') === 'the first', 'the new title')
    field.blur()
    world.hub.edit('title:a', { op: 'set', value: 'theirs' })
    await world.until(() => field.value === 'theirs', 'their title')
    expect(world.hub.valueOf('title:a')).toBe('theirs')
  })
})
