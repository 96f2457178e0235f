import { BindingWorld, Person } from '@flowsync/testkit/bindings'
import { textFieldScript } from '@flowsync/core'
import { runInThisContext } from 'node:vm'
import type { ReactNode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlowSyncProvider, SharedInput, SharedTextarea, useStreamModel, useTextField } from './index.js'

let world: BindingWorld
let container: HTMLElement
let root: Root | undefined

beforeEach(() => {
  world = new BindingWorld()
  container = document.createElement('div')
  document.body.append(container)
})
afterEach(async () => {
  root?.unmount()
  document.body.replaceChildren()
  await world.pass(5_000)
  await world.end()
})

function render(children: ReactNode): void {
  root = createRoot(container)
  root.render(<FlowSyncProvider client={world.client()}>{children}</FlowSyncProvider>)
}
const find = <Kind extends keyof HTMLElementTagNameMap>(kind: Kind): HTMLElementTagNameMap[Kind] => {
  const found = container.querySelector(kind)
  if (!found) throw new Error(`There is no ${kind}`)
  return found
}

describe('useTextField', () => {
  test('offers undo for buttons, and tells of edits', async () => {
    let edits = 0
    function Editor(): ReactNode {
      const { field, value, canUndo, undo, canRedo, redo } = useTextField('doc:a', { onEdit: () => edits++ })
      return (
        <>
          <input aria-label="Line" {...field} />
          <output>{value}</output>
          <button disabled={!canUndo} onClick={undo} />
          <i hidden={!canRedo} onClick={redo} />
        </>
      )
    }
    render(<Editor />)
    await world.until(() => container.querySelector('input') !== null, 'the field')
    expect(find('button').disabled).toBe(true)
    new Person(find('input')).type('hello')
    await world.until(() => find('output').textContent === 'hello', 'the value')
    await world.until(() => !find('button').disabled, 'undo')
    find('button').click()
    await world.until(() => find('output').textContent === '', 'the undone value')
    expect([edits, find('input').value, find('i').hidden]).toEqual([1, '', false])
    find('i').click()
    expect(find('input').value).toBe('hello')
  })

  test('refuses to be a controlled field, also where types are not checked', () => {
    const controlled = { value: 'x' }
    expect(() =>
      renderToString(
        <FlowSyncProvider client={world.client({ connect: false })}>
          <SharedTextarea name="doc:a" {...controlled} />
        </FlowSyncProvider>,
      ),
    ).toThrow('leave value, defaultValue and onChange off')
  })

  test('is a single line without its line breaks, which stay', async () => {
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'one\ntwo' })
    render(<SharedInput name="doc:a" type="search" />)
    await world.until(() => container.querySelector('input')?.value === 'onetwo', 'the text')
    const person = new Person(find('input'))
    person.select(6)
    person.type('!')
    await world.until(() => world.hub.valueOf('doc:a') === 'one\ntwo!', 'the edit')
  })

  test('keeps what was typed into the served page, and nothing that the browser put there', async () => {
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'served' })
    const author = world.client()
    author.stream('doc:a')
    await world.until(() => author.getSnapshot().state === 'live', 'live')
    const state = author.dehydrate()
    const page = (client = world.client({ hydrate: state, connect: false })): ReactNode => (
      <FlowSyncProvider client={client}>
        <SharedTextarea name="doc:a" nonce="abc" />
      </FlowSyncProvider>
    )
    const html = renderToString(page())
    expect(html).toContain('nonce="abc"')
    expect(html).toContain(textFieldScript.slice(0, 40))
    container.innerHTML = html
    runInThisContext(textFieldScript)
    find('textarea').value = 'restored'
    const person = new Person(find('textarea'))
    person.select(8)
    person.type('!')
    root = hydrateRoot(container, page(world.client({ hydrate: state })))
    await world.until(() => world.hub.valueOf('doc:a') === 'served!', 'what was typed')
    expect(find('textarea').value).toBe('served!')
    expect(container.querySelector('script')).toBeNull()
  })
})

describe('useStreamModel', () => {
  test('is the value and the setter of a register', async () => {
    function Title(): ReactNode {
      const [title, setTitle] = useStreamModel('title:a')
      return <input value={title ?? ''} onChange={(event) => setTitle(event.target.value)} />
    }
    world.hub.edit('title:a', { op: 'set', value: 'first' })
    render(<Title />)
    await world.until(() => container.querySelector('input')?.value === 'first', 'the title')
    const person = new Person(find('input'))
    person.select(0)
    person.type('the ')
    await world.until(() => world.hub.valueOf('title:a') === 'the first', 'the new title')
    world.hub.edit('title:a', { op: 'set', value: 'theirs' })
    await world.until(() => find('input').value === 'theirs', 'their title')
  })
})
