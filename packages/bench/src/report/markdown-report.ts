import { formatFigure } from '../report/format.js'
import { markdownTable } from '../report/text-table.js'
import { peerNames } from './adapters.js'
import { chartFiles } from './charts.js'
import type { Cell, RowResult } from './result.js'
import type { CrdtResult } from './run-rows.js'
import { remarkOf } from './text-report.js'

/** The page about a run: conditions, charts, all figures, targets and remarks. */
export function markdownReport(result: CrdtResult): string {
  const charts = chartFiles(result.rows).map(({ file, chart }) => `![${chart.title}](${file})`)
  return `${[
    '# Benchmarks of the merge rules',
    'Written by `pnpm bench:crdt --record`; do not edit. [crdt.json](crdt.json) holds the same figures and more.',
    conditions(result),
    ...charts,
    'A broken bar is longer than the chart is wide. \\* see the remarks below.',
    '## Figures',
    'Medians of hot runs; in brackets, where it differs, the median of first runs in new processes. Less is better everywhere. `~` stands for a figure scaled up from a part of the work, ' +
      '`floor` for what the work costs without any merging. 1 KB is 1,000 bytes.',
    figureTable(result.rows),
    ...remarks(result.rows),
    '## Targets',
    'Ratios are to the peer in the same run. A target missed by no more than a factor of 1.3 is a tie: as much as two runs may differ by.',
    targetTable(result.rows),
  ].join('\n\n')}\n`
}

function conditions({ date, machine, versions, traces, seconds }: CrdtResult): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `- ${date.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`,
    `- ${packages.join(', ')}`,
    `- recordings: ${traces.sequential} (one person), ${traces.concurrent} (two people)`,
    `- each peer in a process of its own, run by run in turn; the whole took ${Math.round(seconds / 60)} minutes`,
  ].join('\n')
}

function figureTable(rows: readonly RowResult[]): string {
  const peers = peerNames.filter((peer) => rows.some(({ cells }) => cells.some((cell) => cell.peer === peer)))
  const lines = rows.map((row) => [
    row.title,
    ...peers.map((peer) =>
      figureOf(
        row,
        row.cells.find((cell) => cell.peer === peer),
      ),
    ),
  ])
  return markdownTable([['', ...peers], ...lines], ['left', ...peers.map(() => 'right' as const)])
}

function figureOf(row: RowResult, cell: Cell | undefined): string {
  if (cell?.hot === undefined) return cell?.isFailed ? 'failed' : '-'
  const hot = (cell.isScaled ? '~' : '') + formatFigure(cell.hot, row.unit)
  if (cell.first === undefined || row.unit !== 'ms') return hot
  return `${hot} (${formatFigure(cell.first, row.unit)})`
}

/** What is to be known about single figures; nothing when there is nothing. */
function remarks(rows: readonly RowResult[]): string[] {
  const lines = rows.flatMap((row) =>
    row.cells.flatMap((cell) => {
      const remark = remarkOf(cell)
      return remark === '' ? [] : [{ remark, of: `${row.id} ${cell.peer}` }]
    }),
  )
  const texts = [...new Set(lines.map(({ remark }) => remark))]
  if (texts.length === 0) return []
  const list = texts.map((text) => {
    const places = lines.filter(({ remark }) => remark === text).map(({ of }) => of)
    return `- ${places.join(', ')}: ${text.replace(/\s+/g, ' ')}`
  })
  return ['Remarks:', list.join('\n')]
}

function targetTable(rows: readonly RowResult[]): string {
  const lines = rows.flatMap((row) =>
    row.targets.map(({ wanted, reached, verdict }) => [row.title, wanted, reached, verdict]),
  )
  return markdownTable([['', 'target', 'reached', ''], ...lines], ['left', 'left', 'right', 'left'])
}
