import { formatFigure, formatRatio } from './format.js'
import { textTable } from './text-table.js'
import { timesFlowSync, type Cell, type RowResult } from './row-result.js'

/** The rows as text for a terminal: a small table for each, and one of all targets at the end. */
export function textReport(rows: readonly RowResult[]): string {
  return [...rows.map(rowReport), targetReport(rows)].join('\n\n')
}

/** One row: each peer with its figures. */
function rowReport(row: RowResult): string {
  const edits = row.edits === undefined ? '' : ` (${row.edits.toLocaleString('en-US')})`
  const head = ['', ...headsOf(row), 'to flowsync', 'runs', '']
  const lines = row.cells.map((cell) => [cell.peer, ...figuresOf(row, cell), remarkOf(cell)])
  const table = textTable([head, ...lines], ['left', 'right', 'right', 'right', 'right'])
  return `${row.id}: ${row.title}${edits}\n${table.replace(/^/gm, '  ')}`
}

/** Where no figure is about a process's first run, it is told how far the runs are apart. */
function headsOf({ cells }: RowResult): string[] {
  return cells.some(({ range }) => range !== undefined) ? ['median', 'least .. most'] : ['hot', 'first']
}

function figuresOf(row: RowResult, cell: Cell): string[] {
  if (cell.hot === undefined) return ['-', '', '', '']
  const times = timesFlowSync(row, cell)
  return [
    (cell.isScaled ? '~' : '') + formatFigure(cell.hot, row.unit),
    secondOf(row, cell),
    times === undefined ? '' : formatRatio(times),
    cell.runs > 0 ? String(cell.runs) : String(cell.processes),
  ]
}

function secondOf({ unit }: RowResult, { first, range }: Cell): string {
  if (range) return range.map((figure) => formatFigure(figure, unit)).join(' .. ')
  return first === undefined ? '' : formatFigure(first, unit)
}

/** What is to be said of a cell beside its figures. */
export function remarkOf(cell: Cell): string {
  if (cell.reason !== undefined) return cell.isFailed ? `FAILED: ${cell.reason}` : cell.reason
  const edits = (cell.edits ?? 0).toLocaleString('en-US')
  const scaled = cell.isScaled ? `scaled up from ${edits} edits` : undefined
  const partial = cell.isPartial ? `of the first ${edits} edits` : undefined
  return [scaled, partial, cell.note].filter((text) => text !== undefined).join('; ')
}

function targetReport(rows: readonly RowResult[]): string {
  const lines = rows.flatMap((row) =>
    row.targets.map(({ wanted, reached, verdict }) => [row.id, wanted, reached, verdict]),
  )
  if (lines.length === 0) return ''
  return textTable([['row', 'target', 'reached', ''], ...lines], ['left', 'left', 'right'])
}
