import { writeFileSync } from 'node:fs'
import { recordResult } from './record-result.js'
import type { Suite, SuiteResult } from './suite.js'
import { textReport } from './text-report.js'

/** What became of a result by the options of the command line. */
export interface Destinations {
  /** A file for JSON, or `-` for stdout instead of the table. */
  readonly json?: string
  readonly record: boolean
}

/** Prints, writes and records a result. Returns the exit code: 1 when a peer failed or gave a wrong result. */
export function finishRun<Result extends SuiteResult>(
  suite: Suite<Result>,
  result: Result,
  { json: file, record }: Destinations,
): 0 | 1 {
  const json = `${JSON.stringify(result, null, 2)}\n`
  if (file === '-') process.stdout.write(json)
  else process.stdout.write(`${textReport(result.rows)}\n`)
  if (file !== undefined && file !== '-') writeFileSync(file, json)
  if (record) for (const written of recordResult(suite, result)) process.stderr.write(`wrote ${written}\n`)
  const hasFailed = result.rows.some(({ cells }) => cells.some(({ isFailed }) => isFailed === true))
  return hasFailed ? 1 : 0
}
