import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { barChart } from '../report/bar-chart.js'
import { renewQuotes } from '../report/renew-quotes.js'
import { chartFiles } from './charts.js'
import { quotableFigures } from './figures.js'
import { markdownReport } from './markdown-report.js'
import { mergeResults } from './merge-results.js'
import type { CrdtResult } from './run-rows.js'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const directory = join(repository, 'docs', 'benchmarks')

/**
 * Writes a run to docs/benchmarks: `crdt.json` with the figures that pages may quote, the page, and its charts.
 * Rows that it did not measure stay as they were recorded. Pages that quote figures get the new ones.
 * @returns the files, relative to the repository
 */
export function recordResult(latest: CrdtResult): string[] {
  const result = mergeResults(lastRecorded(), latest)
  const figures = quotableFigures(result.rows)
  const files = {
    'crdt.json': `${JSON.stringify({ ...result, figures }, null, 2)}\n`,
    'crdt.md': markdownReport(result),
    ...Object.fromEntries(chartFiles(result.rows).map(({ file, chart }) => [file, barChart(chart)])),
  }
  mkdirSync(directory, { recursive: true })
  const written = Object.entries(files).map(([name, contents]) => {
    const file = join(directory, name)
    writeFileSync(file, contents)
    return file
  })
  return [...written, ...renewPages(figures)].map((file) => relative(repository, file))
}

function lastRecorded(): CrdtResult | undefined {
  const file = join(directory, 'crdt.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CrdtResult) : undefined
}

function renewPages(figures: Readonly<Record<string, string>>): string[] {
  return globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: repository }).flatMap((name) => {
    const file = join(repository, name)
    const before = readFileSync(file, 'utf8')
    const after = renewQuotes(before, 'crdt', figures)
    if (after === before) return []
    writeFileSync(file, after)
    return [file]
  })
}
