// @vitest-environment happy-dom
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'
import { textFieldScript } from './recording.js'

afterEach(() => document.body.replaceChildren())

/** Backspace where there is nothing to delete: browsers announce it, and nothing follows. */
function deleteNothing(field: Element): void {
  field.dispatchEvent(new InputEvent('beforeinput', { inputType: 'deleteContentBackward', bubbles: true }))
}

/** A browser fills a field that nobody is in. */
function fill(field: HTMLTextAreaElement | HTMLInputElement, value: string): void {
  field.value = value
  const event = new Event('input', { bubbles: true })
  Object.defineProperty(event, 'isTrusted', { value: true })
  field.dispatchEvent(event)
}

describe('after a key that changed nothing', () => {
  it('what the browser fills into a bound field is written nowhere', () => {
    const field = createField('text')
    const { text, pushed } = createSharedText('text', 'doc:a')
    bindTextField(field, text)
    deleteNothing(field)
    fill(field, 'from the last visit')
    expect([field.value, pushed]).toEqual(['text', []])
  })

  it('what the browser fills into a served field is not recorded', () => {
    const field = createField('text')
    field.setAttribute('data-flowsync-text', 'doc:a')
    runInThisContext(textFieldScript)
    deleteNothing(field)
    fill(field, 'from the last visit')
    const { text, pushed } = createSharedText('text', 'doc:a')
    bindTextField(field, text)
    expect([field.value, pushed]).toEqual(['text', []])
  })
})
