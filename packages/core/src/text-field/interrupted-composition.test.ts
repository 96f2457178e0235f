// @vitest-environment happy-dom
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'
import { textFieldScript } from './recording.js'

afterEach(() => document.body.replaceChildren())

function open(initial: string) {
  const field = createField(initial)
  const stream = createSharedText(initial, 'doc:a')
  const undo = { undo: vi.fn(), redo: vi.fn() }
  const binding = bindTextField(field, stream.text, { undo })
  const person = new Person(field)
  person.select(initial.length)
  return { field, person, binding, ...stream }
}

describe('a composition that goes on', () => {
  it('is kept when the field was bound again meanwhile, also when others write afterwards', () => {
    const { field, person, binding, text, change } = open('ab')
    person.compose('に')
    binding.unbind()
    bindTextField(field, text)
    person.compose('にほ')
    change({ position: 0, deleteCount: 0, insert: '12' })
    expect(field.value).toBe('abにほ')
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['12ab日本', '12ab日本'])
  })

  it('is kept when the field went on to a text that reads the same, as another client has it', () => {
    const { field, person, binding } = open('ab')
    person.compose('に')
    const next = createSharedText('abに', 'doc:a')
    binding.follow(next.text)
    person.compose('日本')
    person.endComposition()
    expect([field.value, next.text.value]).toEqual(['ab日本', 'ab日本'])
  })

  it('is kept when the menu was asked to undo meanwhile', () => {
    const { field, person, text } = open('ab')
    person.compose('に')
    person.browserUndo()
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })

  it('is kept when the page came alive meanwhile', () => {
    const field = createField('ab')
    field.setAttribute('data-flowsync-text', 'doc:a')
    runInThisContext(textFieldScript)
    const person = new Person(field)
    person.select(2)
    person.compose('に')
    const { text } = createSharedText('ab', 'doc:a')
    bindTextField(field, text)
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })
})

describe('the end of a composition', () => {
  function commit(field: Element, end: readonly ('input' | 'compositionend')[]): void {
    const init = { inputType: 'insertCompositionText', data: '你好', bubbles: true }
    field.dispatchEvent(new InputEvent('beforeinput', { ...init, isComposing: true }))
    Object.assign(field, { value: '你好' })
    for (const [index, type] of end.entries()) {
      const isComposing = index < end.indexOf('compositionend')
      field.dispatchEvent(
        type === 'input' ? new InputEvent('input', { ...init, isComposing }) : new Event('compositionend'),
      )
    }
  }

  it.each([
    ['told before it is over', ['input', 'compositionend']],
    ['told before and after it is over', ['input', 'compositionend', 'input']],
    ['told only after it is over', ['compositionend', 'input']],
  ] as const)('brings what the input method gave in place of what was composed: %s', (_name, end) => {
    const { field, person, text } = open('')
    person.compose('ni hao')
    commit(field, end)
    expect([field.value, text.value]).toEqual(['你好', '你好'])
  })

  it('may be that the page is left: what was composed is typed', () => {
    const { person, text } = open('ab')
    person.compose('word')
    window.dispatchEvent(new Event('pagehide'))
    expect(text.value).toBe('abword')
  })
})
