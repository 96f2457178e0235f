#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { peerNames, type PeerName } from './adapters.js'
import { recordResult } from './record.js'
import { rows as allRows, type Row } from './rows.js'
import { runRows, type CrdtResult } from './run-rows.js'
import { textReport } from './text-report.js'
import { chooseTraces } from './traces.js'

interface CliOptions {
  readonly trace?: readonly string[]
  readonly rows?: readonly Row[]
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
  .option('--rows <names>', 'only these, separated by commas', rowsNamed)
  .option('--peers <names>', 'only these, separated by commas', peersNamed, peerNames)
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
  const json = `${JSON.stringify(result, null, 2)}\n`
  if (options.json === '-') process.stdout.write(json)
  else process.stdout.write(`${textReport(result.rows)}\n`)
  if (options.json !== undefined && options.json !== '-') writeFileSync(options.json, json)
  if (options.record) for (const file of recordResult(result)) process.stderr.write(`wrote ${file}\n`)
  process.exitCode = hasFailed(result) ? 1 : 0
}

function hasFailed(result: CrdtResult): boolean {
  return result.rows.some(({ cells }) => cells.some(({ isFailed }) => isFailed === true))
}

function rowsNamed(text: string): readonly Row[] {
  return text.split(',').map((name) => {
    const row = allRows.find(({ id }) => id === name.trim())
    if (!row) throw new InvalidArgumentError(`There is no row ${name.trim()}.`)
    return row
  })
}

function peersNamed(text: string): readonly PeerName[] {
  return text.split(',').map((name) => {
    const peer = peerNames.find((known) => known === name.trim())
    if (!peer) throw new InvalidArgumentError(`There is no peer ${name.trim()}.`)
    return peer
  })
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return Number(text)
}
