import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { barChart } from './bar-chart.js'
import { markdownReport } from './markdown-report.js'
import { mergeResults } from './merge-results.js'
import { quotableFigures } from './quotable-figures.js'
import { renewQuotes } from './renew-quotes.js'
import { chartFiles } from './row-charts.js'
import type { Suite, SuiteResult } from './suite.js'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const directory = join(repository, 'docs', 'benchmarks')

/**
 * Writes a run to docs/benchmarks: `SUITE.json` with the figures that pages may quote, the page, and its charts.
 * Rows that it did not measure stay as they were recorded. Pages that quote figures get the new ones.
 * @returns the files, relative to the repository
 */
export function recordResult<Result extends SuiteResult>(suite: Suite<Result>, latest: Result): string[] {
  const result = mergeResults(suite, lastRecorded(suite), latest)
  const figures = quotableFigures(result.rows)
  const files = {
    [`${suite.name}.json`]: `${JSON.stringify({ ...result, figures }, null, 2)}\n`,
    [`${suite.name}.md`]: markdownReport(suite, result),
    ...Object.fromEntries(chartFiles(suite, result.rows).map(({ file, chart }) => [file, barChart(chart)])),
  }
  mkdirSync(directory, { recursive: true })
  const written = Object.entries(files).map(([name, contents]) => {
    const file = join(directory, name)
    writeFileSync(file, contents)
    return file
  })
  return [...written, ...renewPages(suite.name, figures)].map((file) => relative(repository, file))
}

function lastRecorded<Result extends SuiteResult>({ name }: Suite<Result>): Result | undefined {
  const file = join(directory, `${name}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : undefined
}

function renewPages(suite: string, figures: Readonly<Record<string, string>>): string[] {
  return globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: repository }).flatMap((name) => {
    const file = join(repository, name)
    const before = readFileSync(file, 'utf8')
    const after = renewQuotes(before, suite, figures)
    if (after === before) return []
    writeFileSync(file, after)
    return [file]
  })
}
