import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendUpdate, editsOf, sessionUpdate, TEXT_NAME, textOfUpdate } from './yjs-updates.js'

it('appendUpdate is what Yjs takes for typing at the end', () => {
  const doc = new Y.Doc()
  for (let number = 1; number <= 200; number++) Y.applyUpdate(doc, appendUpdate(70_000, number))
  expect(doc.getText(TEXT_NAME).toJSON()).toBe('x'.repeat(200))
})

it('editsOf numbers the edits of single and merged updates', () => {
  const updates = [1, 2, 3, 4].map((number) => appendUpdate(7, number))
  expect(updates.map(editsOf)).toEqual([1, 2, 3, 4].map((number) => ({ first: number, through: number })))
  expect(editsOf(Y.mergeUpdates(updates.slice(1)))).toEqual({ first: 2, through: 4 })
  expect(editsOf(Y.encodeStateAsUpdate(new Y.Doc()))).toBeUndefined()
  expect(() => editsOf(Y.mergeUpdates([appendUpdate(7, 1), appendUpdate(8, 1)]))).toThrow('2 authors')
})

it('sessionUpdate holds the text that the edits give', () => {
  const edits = [
    { position: 0, deleteCount: 0, insert: 'hello' },
    { position: 1, deleteCount: 3, insert: 'u' },
  ]
  expect(textOfUpdate(sessionUpdate(edits, 9))).toBe('huo')
})
