// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'

afterEach(() => document.body.replaceChildren())

it('a composition over a long selection ends at once, however much others wrote meanwhile', () => {
  const field = createField()
  const { text, change } = createSharedText('a'.repeat(50_000), 'doc:a')
  bindTextField(field, text)
  const person = new Person(field)
  person.select(0, 50_000)
  person.compose('に')
  for (let at = 0; at < 2_000; at++) change({ position: 0, deleteCount: 0, insert: 'x' })
  const startedMs = performance.now()
  person.endComposition()
  expect(text.value).toBe(`${'x'.repeat(2_000)}に`)
  expect(performance.now() - startedMs).toBeLessThan(500)
}, 60_000)
