import type { BarChart, BarPanel } from '../report/bar-chart.js'
import { formatFigure, formatRatio } from '../report/format.js'
import { timesFlowSync, type Cell, type RowResult } from './result.js'

const titles: Readonly<Record<RowResult['group'], string>> = {
  editing: 'Editing a text',
  merging: 'Merging texts',
  storing: 'Storing and loading a text',
  'maps and lists': 'Maps, lists and counters',
  size: 'Size of a bundle',
}

/** The charts of a run, one for each group of rows that has something to show, with the files they go into. */
export function chartFiles(
  rows: readonly RowResult[],
): { readonly file: string; readonly chart: BarChart }[] {
  const groups = Object.keys(titles) as RowResult['group'][]
  return groups.flatMap((group) => {
    const panels = rows.filter((row) => row.group === group).flatMap(panelOf)
    if (panels.length === 0) return []
    return [{ file: `crdt-${group.replaceAll(' ', '-')}.svg`, chart: { title: titles[group], panels } }]
  })
}

/** A row as a panel; a row that compares nothing has none. */
function panelOf(row: RowResult): BarPanel[] {
  const bars = row.cells
    .flatMap((cell) => (cell.hot === undefined ? [] : [barOf(row, cell, cell.hot)]))
    .sort((a, b) => a.value - b.value)
  return bars.length > 1 ? [{ title: row.title, bars }] : []
}

function barOf(row: RowResult, cell: Cell, value: number) {
  const times = cell.peer === 'flowsync' ? undefined : timesFlowSync(row, cell)
  // The star leads to the page's remarks.
  const figure =
    (cell.isScaled ? '~' : '') + formatFigure(value, row.unit) + (cell.note === undefined ? '' : ' *')
  return {
    label: cell.peer,
    value,
    caption: times === undefined ? figure : `${figure} (${formatRatio(times)})`,
    isOwn: cell.peer === 'flowsync',
    isFloor: cell.peer === 'floor',
  }
}
