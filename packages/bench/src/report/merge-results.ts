import type { Suite, SuiteResult } from './suite.js'

/**
 * A new run with the rows that it did not measure taken from an earlier one. A row is of one run as a whole, so that
 * its ratios hold. Rows of another machine, or of other versions of the peers, are not kept.
 */
export function mergeResults<Result extends SuiteResult>(
  { rowIds, sameConditions }: Pick<Suite<Result>, 'rowIds' | 'sameConditions'>,
  earlier: Result | undefined,
  latest: Result,
): Result {
  const conditions = (result: Result) =>
    JSON.stringify([result.machine, result.versions, sameConditions(result)])
  if (!earlier || conditions(earlier) !== conditions(latest)) return latest
  const measured = new Set(latest.rows.map(({ id }) => id))
  const kept = earlier.rows.filter(({ id }) => !measured.has(id))
  const place = (id: string) => rowIds.indexOf(id)
  const rows = [...latest.rows, ...kept].filter(({ id }) => place(id) >= 0)
  return {
    ...latest,
    seconds: latest.seconds + (kept.length > 0 ? earlier.seconds : 0),
    rows: rows.sort((a, b) => place(a.id) - place(b.id)),
  }
}
