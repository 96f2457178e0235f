// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { VirtualSystem } from '../tests/virtual-system.js'
import { bindTextField } from './bind-text-field.js'
import { createTextField } from './create-text-field.js'
import { refuseWholeText } from './whole-text.js'

afterEach(() => document.body.replaceChildren())
function bind(initial: string, kind?: 'textarea' | 'input') {
  const field = createField(initial, kind)
  const person = new Person(field)
  const stream = createSharedText(initial, 'doc:a')
  const system = new VirtualSystem()
  const binding = bindTextField(field, stream.text, { system })
  return { field, person, system, binding, ...stream }
}
describe('scratch', () => {
  it('1 composition goes on after the field was bound again', () => {
    const { field, person, binding, text, change } = bind('ab')
    person.select(2)
    person.compose('に')
    binding.unbind()
    bindTextField(field, text)
    person.compose('にほ')
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })
  it('1b and is not lost when others write afterwards', () => {
    const { field, person, binding, text, change } = bind('ab')
    person.select(2)
    person.compose('に')
    binding.unbind()
    bindTextField(field, text)
    person.compose('日本')
    person.endComposition()
    change({ position: 0, deleteCount: 0, insert: 'X' })
    expect([field.value, text.value]).toEqual(['Xab日本', 'Xab日本'])
  })
  it('1c follow same text content mid composition', () => {
    const { field, person, binding, text } = bind('ab')
    person.select(2)
    person.compose('に')
    const other = createSharedText('abに', 'doc:a')
    binding.follow(other.text)
    person.compose('日本')
    person.endComposition()
    expect([field.value, other.text.value]).toEqual(['ab日本', 'ab日本'])
  })
  it('2 firefox: input after compositionend, commit differs', () => {
    const { field, person, text } = bind('')
    person.compose('ni')
    person.compose('ni hao')
    // beforeinput, DOM change, compositionend, input
    field.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertCompositionText', data: '你好', isComposing: true, bubbles: true }))
    field.value = '你好'
    field.setSelectionRange(2, 2)
    field.dispatchEvent(new Event('compositionend'))
    field.dispatchEvent(new InputEvent('input', { inputType: 'insertCompositionText', data: '你好', isComposing: false, bubbles: true }))
    expect([field.value, text.value]).toEqual(['你好', '你好'])
  })
  it('2b firefox new: two inputs', () => {
    const { field, person, text } = bind('')
    person.compose('ni')
    person.compose('你好')
    field.dispatchEvent(new Event('compositionend'))
    field.dispatchEvent(new InputEvent('input', { inputType: 'insertCompositionText', data: '你好', isComposing: false, bubbles: true }))
    expect([field.value, text.value]).toEqual(['你好', '你好'])
  })
  it('3 beforeinput that the page cancels, then restoration', () => {
    const { field, text, pushed } = bind('abc')
    field.addEventListener('beforeinput', (e) => e.preventDefault())
    field.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertText', data: 'x', cancelable: true, bubbles: true }))
    field.value = 'from the last visit'
    const event = new Event('input')
    Object.defineProperty(event, 'isTrusted', { value: true })
    field.dispatchEvent(event)
    expect([field.value, text.value, pushed]).toEqual(['abc', 'abc', []])
  })
  it('4 unfocused field is not selected in', () => {
    const { field, change } = bind('abc')
    const spy = vi.spyOn(field, 'setSelectionRange')
    change({ position: 0, deleteCount: 0, insert: 'x' })
    expect(spy).not.toHaveBeenCalled()
  })
  it('5 select is not refused', () => {
    const select = document.createElement('select')
    select.innerHTML = '<option>a</option><option>b</option>'
    document.body.append(select)
    let error: unknown
    select.addEventListener('change', () => {
      try { refuseWholeText('doc:a', { op: 'replace', pos: 0, length: 3, text: 'template' }, () => 'abc') } catch (e) { error = e }
    })
    const event = new Event('change', { bubbles: true })
    Object.defineProperty(globalThis, 'event', { configurable: true, value: event })
    select.dispatchEvent(event)
    delete (globalThis as any).event
    expect(error).toBeUndefined()
  })
  it('6 scrollLeft is kept', () => {
    const { field, change } = bind('abc', 'input')
    field.scrollLeft = 40
    const spy = vi.spyOn(field, 'scrollLeft', 'set')
    change({ position: 0, deleteCount: 0, insert: 'x' })
    expect(spy).toHaveBeenCalled()
  })
  it('7 ctrl+y on mac yanks', () => {
    const field = createField('abc')
    const { text } = createSharedText('abc')
    vi.stubGlobal('navigator', { platform: 'MacIntel', userAgent: 'Mac OS X' })
    bindTextField(field, text, { undo: { undo: vi.fn(), redo: vi.fn() } })
    expect(new Person(field).press('y', { ctrlKey: true })).toBe(true)
    vi.unstubAllGlobals()
  })
  it('8 composition survives remote, delete, undo menus', () => {
    const { field, person, text } = bind('ab')
    person.select(2)
    person.compose('に')
    person.browserUndo()
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })
  it('9 value set by a program during a composition: what is composed after it is kept', () => {
    const { field, person, text } = bind('ab')
    person.select(2)
    person.compose('か')
    field.value = 'framework'
    person.select(3)
    person.compose('かな')
    person.endComposition()
    person.select(field.value.length)
    expect(field.value).toBe(text.value)
  })
})
