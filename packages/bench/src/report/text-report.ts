import { formatFigure, formatRatio } from '../report/format.js'
import { textTable } from '../report/text-table.js'
import { timesFlowSync, type Cell, type RowResult } from './result.js'

/** The rows as text for a terminal: a small table for each, and one of all targets at the end. */
export function textReport(rows: readonly RowResult[]): string {
  return [...rows.map(rowReport), targetReport(rows)].join('\n\n')
}

/** One row: each peer with its figures. */
function rowReport(row: RowResult): string {
  const edits = row.edits === undefined ? '' : ` (${row.edits.toLocaleString('en-US')})`
  const head = ['', 'hot', 'first', 'to flowsync', 'runs', '']
  const lines = row.cells.map((cell) => [cell.peer, ...figuresOf(row, cell), remarkOf(cell)])
  const table = textTable([head, ...lines], ['left', 'right', 'right', 'right', 'right'])
  return `${row.id}: ${row.title}${edits}\n${table.replace(/^/gm, '  ')}`
}

function figuresOf(row: RowResult, cell: Cell): string[] {
  if (cell.hot === undefined) return ['-', '', '', '']
  const times = timesFlowSync(row, cell)
  return [
    (cell.isScaled ? '~' : '') + formatFigure(cell.hot, row.unit),
    cell.first === undefined ? '' : formatFigure(cell.first, row.unit),
    times === undefined ? '' : formatRatio(times),
    cell.runs > 0 ? String(cell.runs) : String(cell.processes),
  ]
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
