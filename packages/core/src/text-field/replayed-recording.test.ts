// @vitest-environment happy-dom
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'
import { textFieldScript } from './recording.js'

afterEach(() => document.body.replaceChildren())

function serve(markup: string) {
  const field = createField(markup)
  field.setAttribute('data-flowsync-text', 'doc:a')
  runInThisContext(textFieldScript)
  return { field, person: new Person(field) }
}

describe('typed before the page was alive, while others wrote at two places', () => {
  it.each(['X hello world Y', 'hallo world, all'])(
    'is one piece, in the order it was typed: %s',
    (stream) => {
      const { field, person } = serve('hello world')
      person.select(5)
      for (const letter of ' dear') person.type(letter)
      const { text } = createSharedText(stream, 'doc:a')
      bindTextField(field, text)
      expect(text.value).toContain(' dear')
    },
  )

  it('a deletion of what is still there is made', () => {
    const { field, person } = serve('hello world')
    person.select(11)
    for (let letters = 0; letters < 6; letters++) person.backspace()
    const { text } = createSharedText('X hello world Y', 'doc:a')
    bindTextField(field, text)
    expect(text.value).not.toContain('world')
  })
})
