// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'

afterEach(() => document.body.replaceChildren())

it('a field that is bound to another text before it was unbound writes nothing of that text into the former', () => {
  const field = createField()
  const former = createSharedText('of a', 'doc:a')
  const next = createSharedText('of b', 'doc:b')
  bindTextField(field, former.text)
  bindTextField(field, next.text)
  const person = new Person(field)
  person.select(0)
  person.type('x')
  expect([former.text.value, next.text.value]).toEqual(['of a', 'xof b'])
})

it('a field that is bound to one text by two clients types once', () => {
  const field = createField()
  const former = createSharedText('abc', 'doc:a')
  const next = createSharedText('abc', 'doc:a')
  bindTextField(field, former.text)
  bindTextField(field, next.text)
  const person = new Person(field)
  person.select(0)
  person.type('x')
  expect([former.pushed, next.text.value]).toEqual([[], 'xabc'])
})
