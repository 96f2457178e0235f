import { expect, it } from 'vitest'
import { mergeResults } from './merge-results.js'
import type { RowResult } from './result.js'
import type { CrdtResult } from './run-rows.js'

const row = (id: string, date: string): RowResult => ({
  date,
  id,
  title: id,
  group: 'editing',
  unit: 'ms',
  cells: [],
  targets: [],
})
const run = (date: string, ids: readonly string[], node = '26.0.0'): CrdtResult => ({
  date,
  seconds: 10,
  machine: { cpu: 'Chip', cores: 2, memoryGb: 8, system: 'Linux', node },
  versions: { yjs: '13.0.0' },
  traces: { sequential: 'paper', concurrent: 'friends' },
  rows: ids.map((id) => row(id, date)),
})
const datesOf = ({ rows }: CrdtResult) => rows.map(({ id, date }) => `${id} ${date}`)

it('keeps rows that were not measured again, in the order of the table', () => {
  const merged = mergeResults(run('old', ['local-edits', 'live', 'memory']), run('new', ['live', 'counter']))
  expect(datesOf(merged)).toEqual(['local-edits old', 'live new', 'memory old', 'counter new'])
  expect(merged).toMatchObject({ date: 'new', seconds: 20 })
})

it('keeps no row that there is not any more', () => {
  expect(datesOf(mergeResults(run('old', ['gone']), run('new', ['live'])))).toEqual(['live new'])
})

it('keeps nothing that was measured under other conditions', () => {
  expect(datesOf(mergeResults(run('old', ['local-edits'], '24.0.0'), run('new', ['live'])))).toEqual([
    'live new',
  ])
  expect(datesOf(mergeResults(undefined, run('new', ['live'])))).toEqual(['live new'])
})
