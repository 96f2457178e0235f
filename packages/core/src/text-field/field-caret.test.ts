// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'

afterEach(() => document.body.replaceChildren())

/** A field without the focus, in whose text somebody else has just written. */
function open() {
  const field = createField('one two')
  const { text, change } = createSharedText('one two', 'doc:a')
  bindTextField(field, text)
  field.setSelectionRange(3, 3)
  change({ position: 0, deleteCount: 0, insert: '>> ' })
  const selection = (): unknown => [field.selectionStart, field.selectionEnd]
  return { field, selection }
}

describe('when a field gets the focus', () => {
  it('its caret is where it was, with the letters around it', () => {
    const { field, selection } = open()
    field.focus()
    expect(selection()).toEqual([6, 6])
  })

  it('a selection that the page has made meanwhile stays, such as of something found', () => {
    const { field, selection } = open()
    field.setSelectionRange(7, 10)
    field.focus()
    expect(selection()).toEqual([7, 10])
  })

  it('all stays selected where the page, or the Tab key in an input, has selected all', () => {
    const { field, selection } = open()
    field.select()
    field.focus()
    expect(selection()).toEqual([0, 10])
  })
})
