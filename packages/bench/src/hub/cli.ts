#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { named, wholeNumber } from '../report/cli-arguments.js'
import { finishRun } from '../report/finish-run.js'
import { peerNames, type PeerName } from './peers.js'
import { rows as allRows, type HubRow } from './rows.js'
import { runRows } from './run-rows.js'
import { hubSuite } from './suite.js'

interface CliOptions {
  readonly rows: readonly HubRow[]
  readonly peers: readonly PeerName[]
  readonly runs: number
  readonly seed: number
  readonly quick: boolean
  readonly json?: string | true
  readonly record: boolean
}

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const TRACE = 'automerge-paper.json.gz'
const INTERRUPTED = 130

/** Rows by their own name, or all of a benchmark by its name. */
function rowsNamed(text: string): readonly HubRow[] {
  const ofBenchmark = (name: string) => allRows.filter(({ benchmark }) => benchmark === name)
  return text.split(',').flatMap((part) => {
    const name = part.trim()
    const isRow = allRows.some(({ id }) => id === name)
    return isRow || ofBenchmark(name).length === 0
      ? named('row or benchmark', allRows, ({ id }) => id)(name)
      : ofBenchmark(name)
  })
}

const program = new Command('bench:hub')
  .description(
    'Measures a hub beside other servers: each in a process of its own, loaded by clients in another one, run by run in turn.',
  )
  .option('--rows <names>', 'only these rows or benchmarks, separated by commas', rowsNamed, allRows)
  .option(
    '--peers <names>',
    'only these, separated by commas',
    named('peer', peerNames, (name) => name),
    peerNames,
  )
  .option('--runs <n>', 'runs of each peer', wholeNumber, 5)
  .option('--seed <n>', 'decides generated sessions', wholeNumber, 1)
  .option('--quick', 'less of everything: shows whether it works', false)
  .option('--json [file]', 'write the result as JSON to a file, or to stdout instead of the table')
  .option('--record', 'write the result to docs/benchmarks, with its tables and charts', false)
  .addHelpText(
    'after',
    `
benchmarks: ${[...new Set(allRows.map(({ benchmark }) => benchmark))].join(', ')}
rows: ${allRows.map(({ id }) => id).join(', ')}
peers: ${peerNames.join(', ')}

The long document is ${TRACE} in FLOWSYNC_TRACES, by default ../shared/traces; without it one is generated.
Rows on PostgreSQL or Redis start one of their own, and are left out where it is not installed.
FLOWSYNC_BENCH_PROFILE=DIRECTORY has every server write a CPU profile there when it ends in good order.
met, missed: the target; tie: missed by no more than a factor of 1.3.
The exit code is 1 when a peer failed or gave a wrong result, such as a delivery that was lost.`,
  )
  .action(run)

await program.parseAsync()

async function run({ quick, json, record, ...options }: CliOptions): Promise<void> {
  if (quick && record) program.error('error: a quick run is not worth recording')
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupt.abort(new Error('interrupted')))
  }
  const trace = join(
    resolve(process.env['FLOWSYNC_TRACES'] ?? join(repository, '..', 'shared', 'traces')),
    TRACE,
  )
  try {
    const result = await runRows({
      ...options,
      isQuick: quick,
      ...(existsSync(trace) ? { trace } : {}),
      onProgress: (text) => void process.stderr.write(`${text}\n`),
      signal: interrupt.signal,
    })
    const destinations = json === undefined ? { record } : { json: json === true ? '-' : json, record }
    process.exitCode = finishRun(hubSuite, result, destinations)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    process.stderr.write('interrupted; everything that was started is stopped\n')
    process.exitCode = INTERRUPTED
  }
}
