import { describe, expect, it } from 'vitest'
import type { TextDelta } from '@flowsync/crdt'
import { bindTextField, type BindableText } from './bind-text-field.js'

/** A stream whose text others can change, as a handle would show it. */
function createText(initial: string) {
  const listeners = new Set<(deltas: readonly TextDelta[]) => void>()
  let value = initial
  function change(delta: TextDelta): void {
    value = value.slice(0, delta.position) + delta.insert + value.slice(delta.position + delta.deleteCount)
    for (const listener of listeners) listener([delta])
  }
  const text: BindableText & { refusal?: Error } = {
    get value() {
      return value
    },
    replace(position, deleteCount, insert) {
      if (text.refusal) throw text.refusal
      change({ position, deleteCount, insert })
    },
    onDelta(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { text, change, listeners }
}

/** A text field as a browser behaves: setting the value moves the caret to the end. */
class FakeField extends EventTarget {
  selectionStart = 0
  selectionEnd = 0
  selectionDirection: 'forward' | 'backward' | 'none' = 'none'
  scrollTop = 0
  writes = 0
  readonly defaultValue: string
  private content: string

  constructor(markup: string) {
    super()
    this.defaultValue = markup
    this.content = markup
  }
  get value(): string {
    return this.content
  }
  set value(next: string) {
    this.writes++
    this.content = next
    this.setSelectionRange(next.length, next.length)
    this.scrollTop = 0
  }
  setSelectionRange(start: number | null, end: number | null): void {
    this.selectionStart = start ?? 0
    this.selectionEnd = end ?? 0
  }
  /** The user types over the selection. */
  type(text: string, isComposing = false): void {
    this.content = this.content.slice(0, this.selectionStart) + text + this.content.slice(this.selectionEnd)
    this.setSelectionRange(this.selectionStart + text.length, this.selectionStart + text.length)
    this.dispatchEvent(Object.assign(new Event('input'), { isComposing }))
  }
  compose(name: 'start' | 'end'): void {
    this.dispatchEvent(new Event(`composition${name}`))
  }
}

function bind(markup: string, current = markup, onError?: (error: unknown) => void) {
  const field = new FakeField(markup)
  const stream = createText(current)
  const unbind = bindTextField(field, stream.text, onError ? { onError } : {})
  return { field, unbind, ...stream }
}

describe('bindTextField', () => {
  it('sends what is typed and does not write the field again', () => {
    const { field, text } = bind('helo')
    field.setSelectionRange(3, 3)
    field.type('l')
    expect(text.value).toBe('hello')
    expect(field.writes).toBe(0)
    expect(field.selectionEnd).toBe(4)
  })

  it('keeps caret, selection and scroll position when others type before them', () => {
    const { field, change } = bind('hello world')
    field.setSelectionRange(6, 11)
    field.scrollTop = 40
    change({ position: 0, deleteCount: 0, insert: '>> ' })
    expect([field.value, field.selectionStart, field.selectionEnd, field.scrollTop]).toEqual([
      '>> hello world',
      9,
      14,
      40,
    ])
  })

  it('does not let a selection grow when others insert at its ends', () => {
    const { field, change } = bind('abc')
    field.setSelectionRange(1, 2)
    change({ position: 2, deleteCount: 0, insert: 'Y' })
    change({ position: 1, deleteCount: 0, insert: 'X' })
    expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('b')
  })

  it('leaves the field alone during a composition and merges when it ends', () => {
    const { field, change, text } = bind('ab')
    field.setSelectionRange(1, 1)
    field.compose('start')
    field.type('に', true)
    change({ position: 0, deleteCount: 0, insert: '12' })
    expect(field.value).toBe('aにb')
    field.compose('end')
    expect(text.value).toBe('12aにb')
    expect([field.value, field.selectionStart]).toEqual(['12aにb', 4])
  })

  it('keeps what was typed into the markup before the page came alive, over a newer stream', () => {
    const field = new FakeField('one two')
    field.setSelectionRange(7, 7)
    field.type(' three')
    const { text } = createText('zero one two')
    bindTextField(field, text)
    expect(text.value).toBe('zero one two three')
    expect(field.value).toBe('zero one two three')
    expect(field.selectionEnd).toBe(18)
  })

  it('shows the stream again and tells when an edit is refused', () => {
    const errors: unknown[] = []
    const { field, text } = bind('abc', 'abc', (error) => errors.push(error))
    text.refusal = new Error('read only')
    field.setSelectionRange(3, 3)
    field.type('!')
    expect(field.value).toBe('abc')
    expect(errors).toEqual([text.refusal])
  })

  it('stops when it is unbound', () => {
    const { field, change, unbind, text, listeners } = bind('abc')
    unbind()
    change({ position: 0, deleteCount: 0, insert: 'x' })
    field.type('y')
    expect(field.value).toBe('yabc')
    expect(text.value).toBe('xabc')
    expect(listeners.size).toBe(0)
  })
})
