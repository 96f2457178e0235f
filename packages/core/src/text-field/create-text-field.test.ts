// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Receipt } from '../outbox/receipt.js'
import { Person } from '@flowsync/testkit/bindings'
import { createField } from '../tests/field-person.js'
import { World } from '../tests/world.js'
import { createTextField, type TextFieldSettings } from './create-text-field.js'

afterEach(() => document.body.replaceChildren())

async function open(settings?: TextFieldSettings) {
  const world = new World()
  const client = await world.liveClient()
  const handle = client.stream('doc:a')
  await handle.whenReady()
  const field = createTextField(handle, settings)
  const element = createField()
  return { world, client, handle, field, element, person: new Person(element) }
}

describe('createTextField', () => {
  it('undoes what was typed, beside what others wrote, with the caret behind what came back', async () => {
    const { world, client, handle, field, element, person } = await open({ undo: { captureMs: 0 } })
    const listener = vi.fn()
    field.subscribe(listener)
    field.attach(element)
    expect(field.getSnapshot()).toEqual({ canUndo: false, canRedo: false })
    person.type('one two three')
    person.select(4, 8)
    person.backspace()
    await world.system.advance(100)
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: '>>' })
    await world.system.advance(100)
    expect([element.value, listener.mock.calls.length]).toEqual(['>>one three', 1])
    person.press('z', { ctrlKey: true })
    expect([element.value, element.selectionStart]).toEqual(['>>one two three', 10])
    field.undo()
    expect(element.value).toBe('>>')
    field.redo()
    expect([element.value, element.selectionStart]).toEqual(['>>one two three', 15])
    expect([handle.value, field.getSnapshot().canRedo]).toEqual(['>>one two three', true])
    await client.close()
  })

  it('keeps what can be undone while it is attached again soon, and leaves nothing behind afterwards', async () => {
    const { world, client, handle, field, element, person } = await open()
    const detach = field.attach(element)
    person.type('x')
    detach()
    await world.system.advance(500)
    field.attach(element)()
    field.attach(element)
    expect([handle.value, element.value]).toEqual(['x', 'x'])
    field.undo()
    expect([handle.value, element.value]).toEqual(['', ''])
    field.attach(createField())()
    handle.close()
    await world.system.advance(2_000)
    expect(world.hub.sent('unsubscribe').flatMap(({ streams }) => streams)).toContain('doc:a')
    await client.close()
  })

  it('tells of each edit, and has no undo when none is wanted', async () => {
    const receipts: Receipt[] = []
    const { client, field, element, person, handle } = await open({
      undo: false,
      onEdit: (receipt) => receipts.push(receipt),
    })
    field.attach(element)
    person.type('x')
    field.undo()
    expect(person.press('z', { ctrlKey: true })).toBe(true)
    expect(handle.value).toBe('x')
    await Promise.all(receipts.map(({ saved }) => saved))
    expect(receipts).toHaveLength(1)
    await client.close()
  })

  it('makes the element read-only while this client may only read', async () => {
    const { world, client, handle, field, element } = await open()
    const detach = field.attach(element)
    expect(element.readOnly).toBe(false)
    world.hub.access = 'read'
    world.hub.dropAll()
    await world.system.advance(5_000)
    expect([handle.getSnapshot().access, element.readOnly]).toEqual(['read', true])
    // What the page says meanwhile holds beside it.
    element.readOnly = false
    await world.system.advance(0)
    expect(element.readOnly).toBe(true)
    detach()
    expect(element.readOnly).toBe(false)
    element.readOnly = true
    field.attach(element)()
    expect(element.readOnly).toBe(true)
    await client.close()
  })

  it('refuses streams that are no text', async () => {
    const { client } = await open()
    const votes = client.stream('counter:a') as unknown as Parameters<typeof createTextField>[0]
    expect(() => createTextField(votes)).toThrow(expect.objectContaining({ code: 'config/invalid' }))
    await client.close()
  })
})
