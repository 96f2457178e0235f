// @vitest-environment happy-dom
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { settle, VirtualSystem } from '../tests/virtual-system.js'
import { bindTextField } from './bind-text-field.js'
import type { TextFieldOptions } from './field-types.js'
import { textFieldScript } from './recording.js'

afterEach(() => document.body.replaceChildren())

interface Setup extends TextFieldOptions {
  /** What the field holds before it is bound. */
  readonly markup?: string
  readonly kind?: 'textarea' | 'input'
}

function bind(initial: string, { markup = initial, kind, ...options }: Setup = {}) {
  const field = createField(markup, kind)
  const person = new Person(field)
  const stream = createSharedText(initial, 'doc:a')
  const system = new VirtualSystem()
  const binding = bindTextField(field, stream.text, { system, ...options })
  const selection = (): [number | null, number | null] => [field.selectionStart, field.selectionEnd]
  return { field, person, system, binding, selection, ...stream }
}

describe('a bound field', () => {
  it('sends what is typed, at the caret', () => {
    const { person, text, field, selection } = bind('helo')
    person.select(3)
    person.type('l')
    expect([text.value, field.value, ...selection()]).toEqual(['hello', 'hello', 4, 4])
  })

  it('keeps caret, selection and scroll position when others type before them', () => {
    const { field, change, person, selection } = bind('hello world')
    person.select(6, 11)
    field.scrollTop = 40
    change({ position: 0, deleteCount: 0, insert: '>> ' })
    expect([field.value, ...selection(), field.scrollTop]).toEqual(['>> hello world', 9, 14, 40])
  })

  it('does not let a selection grow when others insert at its ends', () => {
    const { field, change, person } = bind('abc')
    person.select(1, 2)
    change({ position: 2, deleteCount: 0, insert: 'Y' })
    change({ position: 1, deleteCount: 0, insert: 'X' })
    expect(field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)).toBe('b')
  })

  it('shows the stream again and tells when an edit throws, and when it is refused silently', () => {
    const errors: unknown[] = []
    const { field, text, person } = bind('abc', { onError: (error) => errors.push(error) })
    text.refusal = new Error('too large')
    person.select(3)
    person.type('!')
    expect([field.value, errors]).toEqual(['abc', [text.refusal]])
    text.refusal = undefined
    text.isReadOnly = true
    person.type('!')
    expect([field.value, text.value]).toEqual(['abc', 'abc'])
  })

  it('is not selected in without the focus, and has its selection when that comes', () => {
    const { field, change, person, selection } = bind('hello')
    person.select(1, 3)
    field.blur()
    const select = vi.spyOn(field, 'setSelectionRange')
    field.scrollLeft = 12
    change({ position: 0, deleteCount: 0, insert: '>> ' })
    expect([select.mock.calls, field.scrollLeft]).toEqual([[], 12])
    field.focus()
    expect(selection()).toEqual([4, 6])
  })

  it('stops when it is unbound', () => {
    const { field, change, binding, person, text, listeners } = bind('abc')
    binding.unbind()
    binding.unbind()
    change({ position: 0, deleteCount: 0, insert: 'x' })
    person.select(0)
    person.type('y')
    expect([field.value, text.value, listeners.size]).toEqual(['yabc', 'xabc', 0])
  })

  it('refuses elements that hold no plain text', () => {
    const field = document.createElement('input')
    field.type = 'number'
    const { text } = createSharedText('')
    expect(() => bindTextField(field, text)).toThrow(expect.objectContaining({ code: 'config/invalid' }))
  })

  it('is not filled again by the browser when the page is visited again', () => {
    expect(bind('').field.getAttribute('autocomplete')).toBe('off')
  })
})

describe('what no person typed', () => {
  it('is written nowhere: the text that the field held when it was bound', () => {
    const { field, pushed } = bind('the stream', { markup: 'an old draft' })
    expect([field.value, pushed]).toEqual(['the stream', []])
  })

  it('is written nowhere: a field bound again, to the same text or to another', () => {
    const { field, binding, pushed, text } = bind('of a')
    binding.unbind()
    const again = bindTextField(field, text)
    const other = createSharedText('of b', 'doc:b')
    again.follow(other.text)
    expect([field.value, pushed, other.pushed]).toEqual(['of b', [], []])
    again.follow(text)
    expect([field.value, pushed, other.pushed]).toEqual(['of a', [], []])
  })

  it('is written nowhere: a value that a program sets, before the next key', () => {
    const { field, person, text, pushed } = bind('the stream')
    field.value = 'something else'
    person.select(14)
    person.type('!')
    expect(pushed).toEqual([{ position: 10, deleteCount: 0, insert: '!' }])
    expect([field.value, text.value]).toEqual(['the stream!', 'the stream!'])
    field.value = 'something else'
    person.press('ArrowLeft')
    expect([field.value, pushed.length]).toEqual(['the stream!', 1])
  })

  it('is written nowhere: a value that a program sets during a composition', () => {
    const { field, person, text } = bind('ab')
    person.select(2)
    person.compose('か')
    field.value = 'framework'
    person.select(9)
    person.compose('かな')
    expect(text.value).toBe('abか')
    person.endComposition()
    expect(text.value).not.toContain('framework')
  })

  it('is written nowhere: what a form reset puts into the field', async () => {
    const { field, person, system, text, pushed } = bind('shared text', { markup: '' })
    field.form?.reset()
    await system.advance(0)
    expect(field.value).toBe('shared text')
    field.form?.reset()
    person.select(0)
    person.type('x')
    expect([text.value, pushed.length]).toEqual(['xshared text', 1])
  })

  it('is written nowhere: what a browser restores, told by a bare event or by none', () => {
    const { field, pushed } = bind('the stream')
    field.value = 'from the last visit'
    const event = new Event('input')
    Object.defineProperty(event, 'isTrusted', { value: true })
    field.dispatchEvent(event)
    expect(field.value).toBe('the stream')
    field.value = 'from the last visit'
    window.dispatchEvent(new Event('pageshow'))
    expect([field.value, pushed]).toEqual(['the stream', []])
    // The page has cancelled an input that was announced.
    field.addEventListener('beforeinput', (announced) => announced.preventDefault())
    field.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertText', cancelable: true }))
    field.value = 'from the last visit'
    field.dispatchEvent(event)
    expect([field.value, pushed]).toEqual(['the stream', []])
  })

  it('is written nowhere: what the browser would undo', () => {
    const { person, pushed } = bind('abc')
    expect(person.browserUndo()).toBe(false)
    expect(pushed).toEqual([])
  })

  it('but a program that says so by an event has typed', () => {
    const { field, text } = bind('abc')
    field.value = 'abcd'
    field.dispatchEvent(new Event('input'))
    expect(text.value).toBe('abcd')
  })
})

describe('a composition', () => {
  it('leaves the field alone and merges when it ends', () => {
    const { field, person, change, text, selection } = bind('ab')
    person.select(1)
    person.compose('に')
    change({ position: 0, deleteCount: 0, insert: '12' })
    expect(field.value).toBe('aにb')
    person.endComposition()
    expect([text.value, field.value, ...selection()]).toEqual(['12aにb', '12aにb', 4, 4])
  })

  it('belongs to the text it was made in when the field goes on to another', () => {
    const { field, person, binding, text } = bind('a')
    person.select(1)
    person.compose('か')
    const other = createSharedText('b', 'doc:b')
    binding.follow(other.text)
    expect([text.value, other.text.value, field.value]).toEqual(['aか', 'b', 'b'])
    other.change({ position: 1, deleteCount: 0, insert: '!' })
    expect(field.value).toBe('b!')
  })

  it('goes on when the field is bound again in its middle', () => {
    const { field, person, binding, text } = bind('ab')
    person.select(2)
    person.compose('に')
    binding.unbind()
    bindTextField(field, text)
    person.compose('にほ')
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })

  it('may end before the input that it brought is told, as in Firefox', () => {
    const { field, person, text } = bind('')
    person.compose('ni')
    const init = { inputType: 'insertCompositionText', data: '你', bubbles: true }
    field.dispatchEvent(new InputEvent('beforeinput', { ...init, isComposing: true }))
    field.value = '你'
    field.setSelectionRange(1, 1)
    field.dispatchEvent(new Event('compositionend'))
    field.dispatchEvent(new InputEvent('input', init))
    expect([field.value, text.value]).toEqual(['你', '你'])
  })

  it('goes on after the menu of the browser was asked to undo', () => {
    const { field, person, text } = bind('ab')
    person.select(2)
    person.compose('に')
    person.browserUndo()
    person.compose('日本')
    person.endComposition()
    expect([field.value, text.value]).toEqual(['ab日本', 'ab日本'])
  })

  it('is kept when the field is unbound or left', () => {
    const first = bind('a')
    first.person.select(1)
    first.person.compose('か')
    first.binding.unbind()
    expect(first.text.value).toBe('aか')
    const second = bind('a')
    second.person.select(1)
    second.person.compose('か')
    second.field.dispatchEvent(new Event('blur'))
    expect(second.text.value).toBe('aか')
  })
})

describe('line breaks that a field cannot hold', () => {
  it.each([
    ['CRLF', 'one\r\ntwo\r\nthree', 'one\ntwo\nthree', 5, { position: 6, deleteCount: 0, insert: 'x' }],
    ['lone CR', 'one\rtwo', 'one\ntwo', 4, { position: 4, deleteCount: 0, insert: 'x' }],
    ['the start of a CRLF', 'a\r\nb', 'a\nb', 1, { position: 1, deleteCount: 0, insert: 'x' }],
  ])('make one key one edit in a textarea: %s', (_name, initial, value, caret, edit) => {
    const { field, person, pushed, selection } = bind(initial)
    expect(field.value).toBe(value)
    person.select(caret)
    person.type('x')
    expect([pushed, selection()]).toEqual([[edit], [caret + 1, caret + 1]])
  })

  it('are deleted whole, and two never become one', () => {
    const crlf = bind('a\r\nb')
    crlf.person.select(2)
    crlf.person.backspace()
    expect(crlf.text.value).toBe('ab')
    const cr = bind('a\rb')
    cr.person.select(2)
    cr.person.type('\n')
    expect([cr.field.value, cr.pushed]).toEqual(['a\n\nb', [{ position: 1, deleteCount: 1, insert: '\n\n' }]])
  })

  it('stay in the stream behind an input, and carets count without them', () => {
    const { field, person, pushed, change, selection } = bind('one\ntwo\r\nthree', { kind: 'input' })
    expect(field.value).toBe('onetwothree')
    person.select(8)
    person.type('x')
    expect(pushed).toEqual([{ position: 11, deleteCount: 0, insert: 'x' }])
    person.select(3, 4)
    person.type('T')
    expect(pushed.at(-1)).toEqual({ position: 4, deleteCount: 1, insert: 'T' })
    expect(selection()).toEqual([4, 4])
    change({ position: 0, deleteCount: 0, insert: '\n>' })
    expect([field.value, ...selection()]).toEqual(['>oneTwothxree', 5, 5])
  })
})

describe('undo', () => {
  it('is called by keys and by the menu, and leaves the caret behind what came back', () => {
    const shared: { change?: ReturnType<typeof createSharedText>['change'] } = {}
    const undo = {
      undo: vi.fn(() => shared.change?.({ position: 4, deleteCount: 0, insert: 'two ' }, 'history')),
      redo: vi.fn(),
      stop: vi.fn(),
    }
    const { person, field, change, selection } = bind('one three', { undo })
    shared.change = change
    person.select(0)
    expect(person.press('z', { ctrlKey: true })).toBe(false)
    expect([field.value, ...selection()]).toEqual(['one two three', 8, 8])
    expect(person.browserUndo()).toBe(false)
    expect(undo.undo).toHaveBeenCalledTimes(2)
    for (const keys of [
      { key: 'Z', ctrlKey: true, shiftKey: true },
      { key: 'y', ctrlKey: true },
      { key: 'я', code: 'KeyZ', ctrlKey: true, shiftKey: true },
    ]) {
      person.press(keys.key, keys)
    }
    expect(undo.redo).toHaveBeenCalledTimes(3)
    expect(person.press('z', { ctrlKey: true, altKey: true })).toBe(true)
    field.dispatchEvent(new Event('blur'))
    expect(undo.stop).toHaveBeenCalledTimes(1)
  })

  it('has the keys of the machine', () => {
    const platform = vi.spyOn(navigator, 'platform', 'get').mockReturnValue('MacIntel')
    const undo = { undo: vi.fn(), redo: vi.fn() }
    const { person } = bind('a', { undo })
    expect(person.press('z', { metaKey: true })).toBe(false)
    expect(person.press('z', { metaKey: true, shiftKey: true })).toBe(false)
    // Ctrl+Y inserts what was cut, Ctrl+Z does nothing.
    expect(person.press('y', { ctrlKey: true })).toBe(true)
    expect(person.press('z', { ctrlKey: true })).toBe(true)
    expect([undo.undo, undo.redo].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
    platform.mockRestore()
  })

  it('leaves the keys to others when there is none', () => {
    expect(bind('a').person.press('z', { ctrlKey: true })).toBe(true)
  })
})

describe('what was typed before the field was bound', () => {
  function served(markup: string, marked = 'doc:a') {
    const field = createField(markup)
    field.setAttribute('data-flowsync-text', marked)
    // The script runs while the page is parsed.
    runInThisContext(textFieldScript)
    runInThisContext(textFieldScript)
    return { field, person: new Person(field) }
  }

  it('is kept where the script recorded it, over a newer stream', () => {
    const { field, person } = served('one two')
    person.select(7)
    for (const key of ' three') person.type(key)
    person.select(0)
    person.type('😀')
    // React writes the markup's value again while it hydrates.
    field.value = 'one two'
    const { text, pushed } = createSharedText('zero one two', 'doc:a')
    bindTextField(field, text)
    expect(text.value).toBe('😀zero one two three')
    field.focus()
    expect([field.value, field.selectionStart, pushed.length]).toEqual([text.value, 2, 2])
  })

  it('is kept without what the browser had put there', () => {
    const { field, person } = served('served')
    field.value = 'restored'
    person.select(8)
    person.type('!')
    field.value = 'restored again'
    person.select(0)
    person.type('?')
    const { text } = createSharedText('served', 'doc:a')
    bindTextField(field, text)
    expect([...text.value].sort().join('')).toBe([...'served!?'].sort().join(''))
  })

  it('is not kept without the script, for another stream, or twice', async () => {
    const plain = createField('one')
    new Person(plain).type('x')
    const first = createSharedText('one')
    bindTextField(plain, first.text)
    const { field, person } = served('one')
    person.type('x')
    const other = createSharedText('other', 'doc:b')
    bindTextField(field, other.text).unbind()
    const again = createSharedText('one', 'doc:a')
    bindTextField(field, again.text).unbind()
    person.type('y')
    bindTextField(field, again.text)
    await settle()
    expect([first.pushed, other.pushed, again.pushed]).toEqual([[], [], []])
  })
})
