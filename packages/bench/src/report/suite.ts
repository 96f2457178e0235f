import type { Machine } from './environment.js'
import type { RowResult } from './row-result.js'

/** What a run of a suite is recorded as. */
export interface SuiteResult {
  /** When it began, ISO 8601. */
  readonly date: string
  readonly seconds: number
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly RowResult[]
}

/** A family of benchmarks that is recorded and shown together. */
export interface Suite<Result extends SuiteResult = SuiteResult> {
  /** In the names of its files, and in the marks of quoted figures: `crdt`. */
  readonly name: string
  readonly title: string
  /** What its page says of conditions beside machine and versions, one line each. */
  readonly conditions: (result: Result) => readonly string[]
  /** What its page says before the table of figures. */
  readonly aboutFigures: string
  /** All peers in the order of the tables. */
  readonly peers: readonly string[]
  /** All rows in the order of the tables. */
  readonly rowIds: readonly string[]
  /** Titles of the charts by the groups of rows, in their order. */
  readonly charts: Readonly<Record<string, string>>
  /** Under which of what it was run with rows of two runs may stand side by side. */
  readonly sameConditions: (result: Result) => unknown
}
