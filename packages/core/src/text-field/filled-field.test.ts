// @vitest-environment happy-dom
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'
import { textFieldScript } from './recording.js'

afterEach(() => document.body.replaceChildren())

/** Firefox fills in a name or a password, by an announced replacement in a field that nobody is in. */
function autofill(field: HTMLTextAreaElement | HTMLInputElement, value: string): void {
  const tell = (type: string): void => {
    const event = new InputEvent(type, { inputType: 'insertReplacementText', bubbles: true })
    Object.defineProperty(event, 'isTrusted', { value: true })
    field.dispatchEvent(event)
  }
  tell('beforeinput')
  field.value = value
  tell('input')
}

describe('what the browser fills into a field that nobody is in', () => {
  it('is written nowhere when the field is bound', () => {
    const field = createField('', 'input')
    const { text, pushed } = createSharedText('shared', 'doc:a')
    bindTextField(field, text)
    autofill(field, 'alice@example.com')
    expect([field.value, pushed]).toEqual(['shared', []])
  })

  it('is not recorded when the page is not alive yet', () => {
    const field = createField('shared', 'input')
    field.setAttribute('data-flowsync-text', 'doc:a')
    runInThisContext(textFieldScript)
    autofill(field, 'alice@example.com')
    const { text, pushed } = createSharedText('shared', 'doc:a')
    bindTextField(field, text)
    expect([field.value, pushed]).toEqual(['shared', []])
  })
})

it('an announcement before a composition says nothing of its end', () => {
  const field = createField()
  const { text, pushed } = createSharedText('abc', 'doc:a')
  bindTextField(field, text)
  field.focus()
  field.dispatchEvent(new InputEvent('beforeinput', { inputType: 'deleteContentBackward' }))
  field.dispatchEvent(new Event('compositionstart'))
  field.value = 'of a framework'
  field.dispatchEvent(new Event('compositionend'))
  expect(pushed).toEqual([])
})
