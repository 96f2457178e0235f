// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'
import type { BindableText } from './field-types.js'

afterEach(() => document.body.replaceChildren())

/** The text, with a listener that is told of each edit that the field makes. */
function listeningTo(text: BindableText, onEdit: () => void): BindableText {
  return {
    name: text.name,
    get value() {
      return text.value
    },
    replace(position, deleteCount, insert) {
      text.replace(position, deleteCount, insert)
      onEdit()
    },
    onDelta: (listener) => text.onDelta(listener),
  }
}

it('a listener of edits may bind the field to another text: it shows that one', () => {
  const field = createField()
  const former = createSharedText('of a', 'doc:a')
  const next = createSharedText('of b', 'doc:b')
  const text = listeningTo(former.text, () => {
    binding.unbind()
    bindTextField(field, next.text)
  })
  const binding = bindTextField(field, text)
  const person = new Person(field)
  person.select(0)
  person.type('x')
  expect([former.text.value, field.value]).toEqual(['xof a', 'of b'])
})

it('a listener of edits that throws takes nothing of what was typed', () => {
  const field = createField()
  const { text, change } = createSharedText('abcdef', 'doc:a')
  const failing = listeningTo(text, () => {
    throw new Error('of the page')
  })
  bindTextField(field, failing, { onError: () => undefined })
  const person = new Person(field)
  person.select(1, 5)
  person.compose('に')
  change({ position: 3, deleteCount: 0, insert: '!' })
  person.endComposition()
  expect(text.value).toBe('aに!f')
})

it('a listener of edits may let the field follow another text: nothing of the former is written there', () => {
  const field = createField()
  const former = createSharedText('abcdef', 'doc:a')
  const next = createSharedText('of b', 'doc:b')
  const text = listeningTo(former.text, () => binding.follow(next.text))
  const binding = bindTextField(field, text)
  const person = new Person(field)
  person.select(1, 5)
  person.compose('に')
  // The edit is two edits by now: around what somebody else wrote.
  former.change({ position: 3, deleteCount: 0, insert: '!' })
  person.endComposition()
  expect([former.text.value, next.pushed, field.value]).toEqual(['aに!f', [], 'of b'])
})
