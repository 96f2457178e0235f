import { formatFigure, formatRatio, type Unit } from '../report/format.js'
import { judge, ratio, type Measured, type Target, type Verdict } from '../report/verdict.js'
import type { PeerName } from './adapters.js'
import type { Outcome } from './measure.js'
import type { Row } from './rows.js'

/** One peer's part of a row. */
export interface Cell {
  readonly peer: PeerName
  /** The median of hot runs, or the only figure there is. Absent when it has none, for `reason`. */
  readonly hot?: number
  /** The median of first runs in new processes. */
  readonly first?: number
  readonly runs: number
  readonly processes: number
  /** How many edits it was given; fewer than the row's where it would take minutes, and its figures are scaled up. */
  readonly edits?: number
  readonly isScaled?: boolean
  /** It was given fewer edits, and its figure is about those. */
  readonly isPartial?: boolean
  readonly note?: string
  /** Why there is no figure, and whether that is for a failure. */
  readonly reason?: string
  readonly isFailed?: boolean
}

interface JudgedTarget {
  /** Such as `at most 0.35x diamond-types`. */
  readonly wanted: string
  readonly reached: string
  readonly verdict: Verdict
}

export interface RowResult {
  /** When it was measured, ISO 8601. */
  readonly date: string
  readonly id: string
  readonly title: string
  readonly group: Row['group']
  readonly unit: Unit
  readonly edits?: number
  readonly cells: readonly Cell[]
  readonly targets: readonly JudgedTarget[]
}

/** Makes one row's result of what came of its benchmark. */
export function rowResult(row: Row, outcomes: ReadonlyMap<PeerName, Outcome>, date: string): RowResult {
  const all = [...outcomes.values()]
  const edits = Math.max(0, ...all.map((outcome) => (outcome.kind === 'measured' ? (outcome.edits ?? 0) : 0)))
  const cells = [...outcomes].map(([peer, outcome]) => cellOf(peer, outcome, row, edits))
  const measuredOf = (peer: PeerName): Measured | undefined => cells.find((cell) => cell.peer === peer)
  const { id, title, group, unit } = row
  const targets = row.targets.map((target) => judged(target, unit, measuredOf))
  return { date, id, title, group, unit, ...(edits > 0 ? { edits } : {}), cells, targets }
}

function cellOf(peer: PeerName, outcome: Outcome, row: Row, edits: number): Cell {
  if (outcome.kind !== 'measured') {
    const isFailed = outcome.kind === 'failed' ? { isFailed: true } : {}
    return { peer, runs: 0, processes: 0, reason: outcome.reason, ...isFailed }
  }
  // Twice the edits take at least twice as long, whatever the library: scaling flatters a slow one, if anything.
  const own = outcome.edits ?? edits
  const scale = row.unit === 'ms' && own > 0 ? edits / own : 1
  const first = outcome.first[row.metric]
  const hot = outcome.hot?.[row.metric]
  if (first === undefined) return { peer, runs: 0, processes: 0, reason: 'not measured' }
  return {
    peer,
    hot: (hot ?? first) * scale,
    ...(hot === undefined ? {} : { first: first * scale }),
    runs: outcome.runs,
    processes: outcome.processes,
    ...(outcome.edits === undefined ? {} : { edits: outcome.edits }),
    ...(scale === 1 ? {} : { isScaled: true }),
    ...(row.unit === 'bytes' && own < edits ? { isPartial: true } : {}),
    ...(outcome.note === undefined ? {} : { note: outcome.note }),
  }
}

function judged(
  target: Target<PeerName>,
  unit: Unit,
  measuredOf: (peer: PeerName) => Measured | undefined,
): JudgedTarget {
  const { verdict, wanted, reached } = judge(target, measuredOf('flowsync'), measuredOf)
  const show = (value: number) => ('atMost' in target ? formatFigure(value, unit) : formatRatio(value))
  const peer = 'atMost' in target ? '' : ` ${target.to}`
  const first = target.of === 'first' ? ', first run' : ''
  return {
    wanted: `at most ${show(wanted)}${peer}${first}`,
    reached: reached === undefined ? '-' : show(reached),
    verdict,
  }
}

/** How often FlowSync's figure goes into a peer's: above 1 the peer takes more. */
export function timesFlowSync(row: RowResult, cell: Cell): number | undefined {
  return ratio(cell.hot, row.cells.find(({ peer }) => peer === 'flowsync')?.hot)
}
