import { expect, it } from 'vitest'
import { mergeResults } from './merge-results.js'
import type { RowResult } from './row-result.js'
import type { SuiteResult } from './suite.js'

interface Result extends SuiteResult {
  readonly traces: string
}

const suite = {
  rowIds: ['local-edits', 'live', 'memory', 'counter'],
  sameConditions: ({ traces }: Result) => traces,
}

const row = (id: string, date: string): RowResult => ({
  date,
  id,
  title: id,
  group: 'editing',
  unit: 'ms',
  cells: [],
  targets: [],
})
const run = (date: string, ids: readonly string[], node = '26.0.0', traces = 'paper'): Result => ({
  date,
  seconds: 10,
  machine: { cpu: 'Chip', cores: 2, memoryGb: 8, system: 'Linux', node },
  versions: { yjs: '13.0.0' },
  traces,
  rows: ids.map((id) => row(id, date)),
})
const datesOf = ({ rows }: Result) => rows.map(({ id, date }) => `${id} ${date}`)

it('keeps rows that were not measured again, in the order of the table', () => {
  const merged = mergeResults(
    suite,
    run('old', ['local-edits', 'live', 'memory']),
    run('new', ['live', 'counter']),
  )
  expect(datesOf(merged)).toEqual(['local-edits old', 'live new', 'memory old', 'counter new'])
  expect(merged).toMatchObject({ date: 'new', seconds: 20 })
})

it('keeps no row that there is not any more', () => {
  expect(datesOf(mergeResults(suite, run('old', ['gone']), run('new', ['live'])))).toEqual(['live new'])
})

it('keeps nothing that was measured under other conditions', () => {
  expect(datesOf(mergeResults(suite, run('old', ['local-edits'], '24.0.0'), run('new', ['live'])))).toEqual([
    'live new',
  ])
  expect(
    datesOf(mergeResults(suite, run('old', ['local-edits'], '26.0.0', 'other'), run('new', ['live']))),
  ).toEqual(['live new'])
  expect(datesOf(mergeResults(suite, undefined, run('new', ['live'])))).toEqual(['live new'])
})
