import { formatFigure, formatRatio, type Unit } from './format.js'
import type { Outcome } from './outcome.js'
import type { Row } from './row.js'
import { judge, ratio, type Measured, type Target, type Verdict } from './verdict.js'

/** What FlowSync is called among the peers of every benchmark. */
export const OWN = 'flowsync'

/** One peer's part of a row. */
export interface Cell<Name extends string = string> {
  readonly peer: Name
  /** The median of hot runs, or the only figure there is. Absent when it has none, for `reason`. */
  readonly hot?: number
  /** The median of first runs in new processes. */
  readonly first?: number
  /** The least and the most of the runs. */
  readonly range?: readonly [least: number, most: number]
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

export interface RowResult<Name extends string = string, Group extends string = string> {
  /** When it was measured, ISO 8601. */
  readonly date: string
  readonly id: string
  readonly title: string
  readonly group: Group
  readonly unit: Unit
  readonly isMoreBetter?: true
  readonly edits?: number
  readonly cells: readonly Cell<Name>[]
  readonly targets: readonly JudgedTarget[]
}

/** Makes one row's result of what came of its benchmark. */
export function rowResult<Name extends string, Group extends string>(
  row: Row<Name, Group>,
  outcomes: ReadonlyMap<Name, Outcome>,
  date: string,
): RowResult<Name, Group> {
  const all = [...outcomes.values()]
  const edits = Math.max(0, ...all.map((outcome) => (outcome.kind === 'measured' ? (outcome.edits ?? 0) : 0)))
  const cells = [...outcomes].map(([peer, outcome]) => cellOf(peer, outcome, row, edits))
  const measuredOf = (peer: string): Measured | undefined => cells.find((cell) => cell.peer === peer)
  const { id, title, group, unit, isMoreBetter } = row
  return {
    date,
    id,
    title,
    group,
    unit,
    ...(isMoreBetter ? { isMoreBetter } : {}),
    ...(edits > 0 ? { edits } : {}),
    cells,
    targets: row.targets.map((target) => judged(target, unit, measuredOf)),
  }
}

function cellOf<Name extends string>(
  peer: Name,
  outcome: Outcome,
  row: Row<Name>,
  edits: number,
): Cell<Name> {
  if (outcome.kind !== 'measured') {
    const isFailed = outcome.kind === 'failed' ? { isFailed: true } : {}
    return { peer, runs: 0, processes: 0, reason: outcome.reason, ...isFailed }
  }
  // Twice the edits take at least twice as long, whatever the library: scaling flatters a slow one, if anything.
  const own = outcome.edits ?? edits
  const scale = row.unit === 'ms' && own > 0 ? edits / own : 1
  const first = outcome.first[row.metric]
  const hot = outcome.hot?.[row.metric]
  const range = outcome.range?.[row.metric]
  if (first === undefined) return { peer, runs: 0, processes: 0, reason: 'not measured' }
  return {
    peer,
    hot: (hot ?? first) * scale,
    ...(hot === undefined ? {} : { first: first * scale }),
    ...(range === undefined ? {} : { range }),
    runs: outcome.runs,
    processes: outcome.processes,
    ...(outcome.edits === undefined ? {} : { edits: outcome.edits }),
    ...(scale === 1 ? {} : { isScaled: true }),
    ...(row.unit === 'bytes' && own < edits ? { isPartial: true } : {}),
    ...(outcome.note === undefined ? {} : { note: outcome.note }),
  }
}

function judged(
  target: Target,
  unit: Unit,
  measuredOf: (peer: string) => Measured | undefined,
): JudgedTarget {
  const { verdict, wanted, reached, isAtLeast } = judge(target, measuredOf(OWN), measuredOf)
  const isRatio = 'to' in target
  const show = (value: number) => (isRatio ? formatRatio(value) : formatFigure(value, unit))
  const peer = isRatio ? ` ${target.to}` : ''
  const first = target.of === 'first' ? ', first run' : ''
  return {
    wanted: `at ${isAtLeast ? 'least' : 'most'} ${show(wanted)}${peer}${first}`,
    reached: reached === undefined ? '-' : show(reached),
    verdict,
  }
}

/** How often FlowSync's figure goes into a peer's: above 1 the peer takes more, or does more. */
export function timesFlowSync(row: RowResult, cell: Cell): number | undefined {
  return ratio(cell.hot, row.cells.find(({ peer }) => peer === OWN)?.hot)
}
