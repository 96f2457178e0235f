import { describe, expect, it } from 'vitest'
import { markdownReport } from './markdown-report.js'
import type { Outcome } from './outcome.js'
import { quotableFigures } from './quotable-figures.js'
import type { Row } from './row.js'
import { chartFiles } from './row-charts.js'
import { rowResult } from './row-result.js'
import type { Suite } from './suite.js'
import { remarkOf, textReport } from './text-report.js'

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
const outcomes = new Map<string, Outcome>([
  ['flowsync', measured(10, 24, 1_000)],
  ['json-joy', measured(40, 50, 1_000)],
  ['automerge', measured(100, 120, 100)],
  ['loro', { kind: 'failed', reason: 'wrong text' }],
  ['floor', { kind: 'lacks', reason: 'merges nothing' }],
])
const suite: Suite = {
  name: 'crdt',
  title: 'Benchmarks',
  conditions: ({ seconds }) => [`took ${seconds} s`],
  aboutFigures: 'Medians.',
  peers: ['flowsync', 'floor', 'json-joy', 'loro', 'automerge'],
  rowIds: ['live'],
  charts: { editing: 'Editing a text' },
  sameConditions: () => undefined,
}
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

describe('a rate', () => {
  const rate: Row = {
    ...row,
    unit: 'per second',
    isMoreBetter: true,
    targets: [{ atLeast: 12_000 }, { ratio: 0.2, to: 'json-joy', orMore: true }],
  }
  const ran = (figure: number): Outcome => ({
    kind: 'measured',
    first: { ms: figure },
    range: { ms: [figure - 1_000, figure] },
    processes: 1,
    runs: 5,
  })
  const rates = rowResult(
    rate,
    new Map([
      ['flowsync', ran(10_000)],
      ['json-joy', ran(40_000)],
    ]),
    DATE,
  )

  it('wants the most', () => {
    expect(rates.targets).toEqual([
      { wanted: 'at least 12.0k/s', reached: '10.0k/s', verdict: 'tie' },
      { wanted: 'at least 0.20x json-joy', reached: '0.25x', verdict: 'met' },
    ])
    const [file] = chartFiles(suite, [rates])
    expect(file?.chart.panels[0]?.title).toBe('an update | edit (longer is better)')
    expect(file?.chart.panels[0]?.bars.map(({ label }) => label)).toEqual(['json-joy', 'flowsync'])
  })

  it('shows how far its runs are apart', () => {
    expect(textReport([rates])).toMatch(/flowsync +10.0k\/s +9.00k\/s .. 10.0k\/s +1.00x +5/)
  })
})

describe('markdownReport', () => {
  const page = markdownReport(suite, {
    date: DATE,
    seconds: 125,
    machine: { cpu: 'Chip', cores: 2, memoryGb: 8, system: 'Linux 6', node: '26.0.0' },
    versions: { yjs: '13.0.0' },
    rows: [result],
  })

  it('names the conditions', () => {
    expect(page).toContain('2030-01-02, 2 cores of Chip, 8 GB, Linux 6, Node 26.0.0')
    expect(page).toContain('yjs 13.0.0')
    expect(page).toContain('- took 125 s')
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
    const [file, ...more] = chartFiles(suite, [result])
    expect(more).toEqual([])
    expect(file?.file).toBe('crdt-editing.svg')
    expect(file?.chart.panels[0]?.bars.map(({ label, value }) => [label, value])).toEqual([
      ['flowsync', 10],
      ['json-joy', 40],
      ['automerge', 1_000],
    ])
  })

  it('draws no chart of a single bar', () => {
    const alone = rowResult(row, new Map<string, Outcome>([['flowsync', measured(1, 2, 3)]]), DATE)
    expect(chartFiles(suite, [alone])).toEqual([])
  })
})
