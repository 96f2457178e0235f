import { formatFigure, formatRatio } from './format.js'
import { OWN, timesFlowSync, type RowResult } from './row-result.js'

/**
 * The figures that pages may quote, as they are to be spelled: `local-edits.yjs` for a hot figure,
 * `local-edits.yjs.first` for a first run, `local-edits.yjs/flowsync` for how many times FlowSync's figure it is.
 */
export function quotableFigures(rows: readonly RowResult[]): Record<string, string> {
  const figures: Record<string, string> = {}
  for (const row of rows) {
    for (const cell of row.cells) {
      if (cell.hot === undefined) continue
      const name = `${row.id}.${cell.peer}`
      figures[name] = formatFigure(cell.hot, row.unit)
      if (cell.first !== undefined) figures[`${name}.first`] = formatFigure(cell.first, row.unit)
      const times = timesFlowSync(row, cell)
      if (times !== undefined && cell.peer !== OWN) figures[`${name}/flowsync`] = formatRatio(times)
    }
  }
  return figures
}
