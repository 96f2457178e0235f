// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { bindTextField } from './bind-text-field.js'

afterEach(() => vi.unstubAllGlobals())

it('Ctrl+Y and Ctrl+Z are left to a Mac, where they are no undo keys: Ctrl+Y pastes what Ctrl+K cut', () => {
  vi.stubGlobal('navigator', {
    platform: 'MacIntel',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)',
  })
  const undo = { undo: vi.fn(), redo: vi.fn() }
  const field = createField('text')
  bindTextField(field, createSharedText('text', 'doc:a').text, { undo })
  const person = new Person(field)
  expect([person.press('y', { ctrlKey: true }), undo.redo.mock.calls.length]).toEqual([true, 0])
  person.press('z', { metaKey: true, shiftKey: true })
  expect(undo.redo).toHaveBeenCalledTimes(1)
})
