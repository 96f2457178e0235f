import { describe, expect, it } from 'vitest'
import { chartFiles } from './charts.js'
import { quotableFigures } from './figures.js'
import { markdownReport } from './markdown-report.js'
import type { Outcome } from './measure.js'
import { rowResult } from './result.js'
import type { Row } from './rows.js'
import { remarkOf, textReport } from './text-report.js'
import type { PeerName } from './adapters.js'

const row: Row = {
  id: 'live',
  title: 'an update | edit',
  benchmark: 'live',
  metric: 'ms',
  unit: 'ms',
  group: 'editing',
  targets: [
    { ratio: 0.35, to: 'json-joy' },
    { ratio: 1, to: 'loro' },
    { atMost: 20, of: 'first' },
  ],
}

const measured = (hot: number, first: number, edits: number): Outcome => ({
  kind: 'measured',
  hot: { ms: hot },
  first: { ms: first },
  processes: 1,
  runs: 7,
  edits,
})
const outcomes = new Map<PeerName, Outcome>([
  ['flowsync', measured(10, 24, 1_000)],
  ['json-joy', measured(40, 50, 1_000)],
  ['automerge', measured(100, 120, 100)],
  ['loro', { kind: 'failed', reason: 'wrong text' }],
  ['floor', { kind: 'lacks', reason: 'merges nothing' }],
])
const DATE = '2030-01-02T03:04:05.000Z'
const result = rowResult(row, outcomes, DATE)
const cellOf = (name: string) => result.cells.find(({ peer }) => peer === name)

describe('rowResult', () => {
  it('judges each target, and does not know what failed', () => {
    expect(result.targets).toEqual([
      { wanted: 'at most 0.35x json-joy', reached: '0.25x', verdict: 'met' },
      { wanted: 'at most 1.00x loro', reached: '-', verdict: 'unknown' },
      { wanted: 'at most 20.0 ms, first run', reached: '24.0 ms', verdict: 'tie' },
    ])
  })

  it('scales up what was given less to do, and says so', () => {
    expect(cellOf('automerge')).toMatchObject({ hot: 1_000, first: 1_200, edits: 100, isScaled: true })
    expect(cellOf('json-joy')).toMatchObject({ hot: 40, first: 50 })
    expect(cellOf('json-joy')).not.toHaveProperty('isScaled')
  })

  it('does not scale bytes', () => {
    const bytes = rowResult({ ...row, unit: 'bytes', targets: [] }, outcomes, DATE)
    const cell = bytes.cells.find(({ peer }) => peer === 'automerge')
    expect(cell).toMatchObject({ hot: 100, isPartial: true })
    expect(cell && remarkOf(cell)).toBe('of the first 100 edits')
    expect(bytes.cells.find(({ peer }) => peer === 'json-joy')).not.toHaveProperty('isPartial')
  })

  it('keeps a failure apart from what a peer cannot do', () => {
    expect(cellOf('loro')).toMatchObject({ reason: 'wrong text', isFailed: true })
    expect(cellOf('floor')).toMatchObject({ reason: 'merges nothing' })
    expect(cellOf('floor')).not.toHaveProperty('isFailed')
  })
})

it('quotableFigures spells figures, first runs and ratios, and nothing for what failed', () => {
  expect(quotableFigures([result])).toEqual({
    'live.flowsync': '10.0 ms',
    'live.flowsync.first': '24.0 ms',
    'live.json-joy': '40.0 ms',
    'live.json-joy.first': '50.0 ms',
    'live.json-joy/flowsync': '4.00x',
    'live.automerge': '1,000 ms',
    'live.automerge.first': '1,200 ms',
    'live.automerge/flowsync': '100x',
  })
})

it('textReport shows every peer, failures by name', () => {
  const report = textReport([result])
  expect(report).toContain('live: an update | edit (1,000)')
  expect(report).toMatch(/automerge +~1,000 ms +1,200 ms +100x +7 +scaled up from 100 edits/)
  expect(report).toMatch(/loro +- +FAILED: wrong text/)
  expect(report).toMatch(/floor +- +merges nothing/)
  expect(report).toMatch(/live +at most 0.35x json-joy +0.25x +met/)
})

describe('markdownReport', () => {
  const page = markdownReport({
    date: DATE,
    seconds: 125,
    machine: { cpu: 'Chip', cores: 2, memoryGb: 8, system: 'Linux 6', node: '26.0.0' },
    versions: { yjs: '13.0.0' },
    traces: { sequential: 'paper', concurrent: 'generated' },
    rows: [result],
  })

  it('names the conditions', () => {
    expect(page).toContain('2030-01-02, 2 cores of Chip, 8 GB, Linux 6, Node 26.0.0')
    expect(page).toContain('yjs 13.0.0')
    expect(page).toContain('paper (one person), generated (two people)')
  })

  it('has a column for each peer, and says why a figure is missing', () => {
    expect(page).toMatch(/\| +\| +flowsync \| +floor \|/)
    expect(page).toContain('an update \\| edit')
    expect(page).toContain('- live loro: FAILED: wrong text')
    expect(page).toContain('![Editing a text](crdt-editing.svg)')
  })
})

describe('chartFiles', () => {
  it('draws what has figures, the least first', () => {
    const [file, ...more] = chartFiles([result])
    expect(more).toEqual([])
    expect(file?.file).toBe('crdt-editing.svg')
    expect(file?.chart.panels[0]?.bars.map(({ label, value }) => [label, value])).toEqual([
      ['flowsync', 10],
      ['json-joy', 40],
      ['automerge', 1_000],
    ])
  })

  it('draws no chart of a single bar', () => {
    const alone = rowResult(row, new Map<PeerName, Outcome>([['flowsync', measured(1, 2, 3)]]), DATE)
    expect(chartFiles([alone])).toEqual([])
  })
})
