import type { BarChart, BarPanel } from './bar-chart.js'
import { formatFigure, formatRatio } from './format.js'
import { OWN, timesFlowSync, type Cell, type RowResult } from './row-result.js'
import type { Suite } from './suite.js'

/** The charts of a run, one for each group of rows that has something to show, with the files they go into. */
export function chartFiles(
  { name, charts }: Pick<Suite, 'name' | 'charts'>,
  rows: readonly RowResult[],
): { readonly file: string; readonly chart: BarChart }[] {
  return Object.entries(charts).flatMap(([group, title]) => {
    const panels = rows.filter((row) => row.group === group).flatMap(panelOf)
    if (panels.length === 0) return []
    return [{ file: `${name}-${group.replaceAll(' ', '-')}.svg`, chart: { title, panels } }]
  })
}

/** A row as a panel; a row that compares nothing has none. */
function panelOf(row: RowResult): BarPanel[] {
  const sign = row.isMoreBetter ? -1 : 1
  const bars = row.cells
    .flatMap((cell) => (cell.hot === undefined ? [] : [barOf(row, cell, cell.hot)]))
    .sort((a, b) => sign * (a.value - b.value))
  const title = row.isMoreBetter ? `${row.title} (longer is better)` : row.title
  return bars.length > 1 ? [{ title, bars }] : []
}

function barOf(row: RowResult, cell: Cell, value: number) {
  const times = cell.peer === OWN ? undefined : timesFlowSync(row, cell)
  // The star leads to the page's remarks.
  const figure =
    (cell.isScaled ? '~' : '') + formatFigure(value, row.unit) + (cell.note === undefined ? '' : ' *')
  return {
    label: cell.peer,
    value,
    caption: times === undefined ? figure : `${figure} (${formatRatio(times)})`,
    isOwn: cell.peer === OWN,
    isFloor: cell.peer === 'floor',
  }
}
