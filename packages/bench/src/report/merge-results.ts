import { rows as allRows } from './rows.js'
import type { CrdtResult } from './run-rows.js'

/**
 * A new run with the rows that it did not measure taken from an earlier one. A row is of one run as a whole, so that
 * its ratios hold. Rows of another machine, or of other versions of the peers, are not kept.
 */
export function mergeResults(earlier: CrdtResult | undefined, latest: CrdtResult): CrdtResult {
  if (!earlier || conditions(earlier) !== conditions(latest)) return latest
  const measured = new Set(latest.rows.map(({ id }) => id))
  const kept = earlier.rows.filter(({ id }) => !measured.has(id))
  const place = (id: string) => allRows.findIndex((row) => row.id === id)
  const rows = [...latest.rows, ...kept].filter(({ id }) => place(id) >= 0)
  return {
    ...latest,
    seconds: latest.seconds + (kept.length > 0 ? earlier.seconds : 0),
    rows: rows.sort((a, b) => place(a.id) - place(b.id)),
  }
}

function conditions({ machine, versions, traces }: CrdtResult): string {
  return JSON.stringify([machine, versions, traces])
}
