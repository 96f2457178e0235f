import { expect, it } from 'vitest'
import { markdownTable, textTable } from './text-table.js'

const lines = [
  ['peer', 'ms'],
  ['yjs', '939'],
  ['diamond-types', '2'],
]

it('textTable sets columns as wide as their widest cell', () => {
  expect(textTable(lines, ['left', 'right'])).toBe(
    ['peer            ms', 'yjs            939', 'diamond-types    2'].join('\n'),
  )
})

it('textTable leaves no blanks at the end of a line, and bears lines of other lengths', () => {
  expect(textTable([['a', ''], ['bc'], []])).toBe('a\nbc\n')
})

it('markdownTable is a table, aligned and with its bars escaped', () => {
  expect(markdownTable([...lines, ['a|b', '×']], ['left', 'right'])).toBe(
    [
      '| peer          |  ms |',
      '| ------------- | --: |',
      '| yjs           | 939 |',
      '| diamond-types |   2 |',
      '| a\\|b          |   × |',
    ].join('\n'),
  )
})
