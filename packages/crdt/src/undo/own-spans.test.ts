import { expect, it } from 'vitest'
import { OwnSpans } from './own-spans.js'

it.each([true, false])('keeps nothing of what can no longer be switched (done: %s)', (isDone) => {
  const spans = new OwnSpans(6, '')
  const first = { isDone: true }
  const second = { isDone: true }
  spans.edit(2, '', 3, first)
  spans.edit(3, 'abc', 1, second)
  expect([spans.isUnused, spans.shownLength, spans.has(first), spans.has(second)]).toEqual([
    false,
    7,
    true,
    true,
  ])
  if (!isDone) {
    let value = '..a!...'
    for (const entry of [second, first]) {
      const { patches, commit } = spans.switch(entry, value)
      for (const { position, deleteCount, insert } of patches)
        value = value.slice(0, position) + insert + value.slice(position + deleteCount)
      commit()
      entry.isDone = false
    }
    expect(value).toBe('..c...')
  }
  for (const entry of [first, second]) {
    spans.forget(entry)
    expect(spans.has(entry)).toBe(false)
  }
  expect([spans.isUnused, spans.shownLength]).toEqual([true, isDone ? 7 : 6])
})
