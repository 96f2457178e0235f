#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { runScenario, type RunReport } from '../simulator/run-scenario.js'
import type { Scenario } from '../simulator/scenario.js'
import { createScenario } from '../simulator/cluster-scenario.js'
import { shrinkScenario } from '../simulator/shrink.js'
import { wholeNumber } from './parse-options.js'
import { formatFailure, formatSummary, kindOf, summarize } from './sim-report.js'

interface SimOptions {
  readonly seeds?: number
  readonly seed?: number
  readonly scenario?: string
  readonly shrink: boolean
  readonly lines: number
  readonly json: boolean
}

/** Failures shown in full; of the others the seed is enough. */
const SHOWN_FAILURES = 3

const LINE_EVERY_MS = 3_000
let lastLineMs = performance.now()

const program = new Command('sim')
  .description(
    'Runs hubs and clients in one process on a virtual clock, with faults drawn from a seed, and checks what FlowSync promises.\n' +
      'Exit code 0 when every seed passes, 1 otherwise.',
  )
  .option('--seeds <n>', 'how many seeds to run (default: 200, or 1 with --seed)', wholeNumber(1))
  .option('--seed <s>', 'the first seed (default: 1)', wholeNumber(0))
  .option('--scenario <file>', 'run the scenario in this JSON file instead, such as --shrink printed')
  .option('--shrink', 'cut a failing scenario down to the steps that matter and print it as JSON', false)
  .option('--lines <n>', 'how many of the last events of a failed run to print', wholeNumber(1), 80)
  .option('--json', 'print the result as JSON on stdout, and nothing on stderr', false)
  .action(run)

await program.parseAsync()

async function run(options: SimOptions): Promise<void> {
  const startedMs = performance.now()
  const scenarios = await readScenarios(options)
  const reports: RunReport[] = []
  let shown = 0
  for (const scenario of scenarios) {
    const report = await runScenario(scenario)
    reports.push(report)
    progress(
      options,
      `${reports.length}/${scenarios.length} seeds, ${reports.filter(({ ok }) => !ok).length} failed`,
    )
    if (!report.ok && shown++ < SHOWN_FAILURES) {
      if (!options.json) process.stderr.write(`\n${formatFailure(report, options.lines)}\n\n`)
      if (options.shrink) process.stdout.write(`${JSON.stringify(await shrink(options, scenario, report))}\n`)
    }
  }
  const summary = summarize(reports, (performance.now() - startedMs) / 1000)
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  else process.stdout.write(`${process.stderr.isTTY ? '\n' : ''}${formatSummary(summary)}\n`)
  process.exitCode = summary.ok ? 0 : 1
}

async function readScenarios({ seeds, seed, scenario }: SimOptions): Promise<Scenario[]> {
  if (scenario !== undefined) return [await readScenario(scenario)]
  const first = seed ?? 1
  const count = seeds ?? (seed === undefined ? 200 : 1)
  return Array.from({ length: count }, (_, index) => createScenario(first + index))
}

async function readScenario(file: string): Promise<Scenario> {
  try {
    const scenario = JSON.parse(await readFile(file, 'utf8')) as Partial<Scenario> | null
    if (Array.isArray(scenario?.steps)) return scenario as Scenario
  } catch (error) {
    return program.error(`error: Cannot read a scenario from ${file}: ${String(error)}`)
  }
  return program.error(`error: ${file} is no scenario: it has no steps. --shrink prints one.`)
}

async function shrink(options: SimOptions, scenario: Scenario, report: RunReport): Promise<Scenario> {
  const kind = kindOf(report.problems[0])
  return shrinkScenario(
    scenario,
    async (candidate) => (await runScenario(candidate)).problems.some((problem) => kindOf(problem) === kind),
    ({ steps }) => progress(options, `shrinking: ${steps.length} steps left`),
  )
}

/** A terminal shows the latest in place; a log gets a line every few seconds. */
function progress({ json }: SimOptions, text: string): void {
  if (json) return
  if (process.stderr.isTTY) {
    process.stderr.write(`\r${text.padEnd(40)}`)
  } else if (performance.now() - lastLineMs > LINE_EVERY_MS) {
    lastLineMs = performance.now()
    process.stderr.write(`${text}\n`)
  }
}
