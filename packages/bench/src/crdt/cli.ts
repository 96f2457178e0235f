#!/usr/bin/env node
import { Command } from 'commander'
import { named, wholeNumber } from '../report/cli-arguments.js'
import { finishRun } from '../report/finish-run.js'
import { peerNames, type PeerName } from './adapters.js'
import { rows as allRows, type CrdtRow } from './rows.js'
import { runRows } from './run-rows.js'
import { crdtSuite } from './suite.js'
import { chooseTraces } from './traces.js'

interface CliOptions {
  readonly trace?: readonly string[]
  readonly rows?: readonly CrdtRow[]
  readonly peers: readonly PeerName[]
  readonly runs: number
  readonly seed: number
  readonly json?: string
  readonly record: boolean
}

const program = new Command('bench:crdt')
  .description(
    'Measures the merge rules of FlowSync beside other libraries, run by run in turn, each in a process of its own.',
  )
  .option(
    '--trace <file>',
    'a recorded session, .json or .json.gz; may be given twice, for one person and for two. Only the rows that play it are run, unless --rows says otherwise',
    (file: string, files: readonly string[] = []) => [...files, file],
  )
  .option(
    '--rows <names>',
    'only these, separated by commas',
    named('row', allRows, ({ id }) => id),
  )
  .option(
    '--peers <names>',
    'only these, separated by commas',
    named('peer', peerNames, (name) => name),
    peerNames,
  )
  .option('--runs <n>', 'hot runs of each peer; slow peers get fewer', wholeNumber, 7)
  .option('--seed <n>', 'decides replica ids, branches and generated sessions', wholeNumber, 1)
  .option('--json <file>', 'write the result as JSON to a file, or with - to stdout instead of the table')
  .option('--record', 'write the result to docs/benchmarks, with its tables and charts', false)
  .addHelpText(
    'after',
    `
rows: ${allRows.map(({ id }) => id).join(', ')}
peers: ${peerNames.join(', ')}

Recordings are looked for in FLOWSYNC_TRACES, by default ../shared/traces; without them sessions are generated.
first: the first run in a new process. hot: the median of later runs. ~: scaled up from a part of the work.
met, missed: the target, as a ratio to a peer in the same run; tie: missed by no more than a factor of 1.3.
The exit code is 1 when a peer failed or gave a wrong result.`,
  )
  .action(run)

await program.parseAsync()

async function run(options: CliOptions): Promise<void> {
  const traces = await chooseTraces(options.trace).catch((error: unknown) =>
    program.error(`error: ${error instanceof Error ? error.message : String(error)}`),
  )
  const rows = options.rows ?? traces.rowsOf(allRows)
  const result = await runRows({
    rows,
    peers: options.peers,
    runs: options.runs,
    seed: options.seed,
    traces,
    onProgress: (text) => void process.stderr.write(`${text}\n`),
  })
  process.exitCode = finishRun(crdtSuite, result, options)
}
