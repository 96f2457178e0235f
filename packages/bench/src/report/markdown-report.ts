import { formatFigure } from './format.js'
import { chartFiles } from './row-charts.js'
import type { Cell, RowResult } from './row-result.js'
import type { Suite, SuiteResult } from './suite.js'
import { markdownTable } from './text-table.js'
import { remarkOf } from './text-report.js'

/** The page about a run: conditions, charts, all figures, targets and remarks. */
export function markdownReport<Result extends SuiteResult>(suite: Suite<Result>, result: Result): string {
  const { name, title, aboutFigures, peers } = suite
  const charts = chartFiles(suite, result.rows).map(({ file, chart }) => `![${chart.title}](${file})`)
  return `${[
    `# ${title}`,
    `Written by \`pnpm bench:${name} --record\`; do not edit. [${name}.json](${name}.json) holds the same figures and more.`,
    conditions(suite, result),
    ...charts,
    'A broken bar is longer than the chart is wide. \\* see the remarks below.',
    '## Figures',
    aboutFigures,
    figureTable(result.rows, peers),
    ...remarks(result.rows),
    '## Targets',
    'Ratios are to the peer in the same run. A target missed by no more than a factor of 1.3 is a tie: as much as two runs may differ by.',
    targetTable(result.rows),
  ].join('\n\n')}\n`
}

function conditions<Result extends SuiteResult>(suite: Suite<Result>, result: Result): string {
  const { date, machine, versions } = result
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${date.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`,
    packages.join(', '),
    ...suite.conditions(result),
  ]
    .map((line) => `- ${line}`)
    .join('\n')
}

function figureTable(rows: readonly RowResult[], all: readonly string[]): string {
  const peers = all.filter((peer) => rows.some(({ cells }) => cells.some((cell) => cell.peer === peer)))
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
