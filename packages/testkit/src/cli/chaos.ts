#!/usr/bin/env node
import { isFlowSyncError } from '@flowsync/crdt'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { StoreKind } from '../chaos/cluster.js'
import { runChaos } from '../chaos/chaos.js'
import { formatChaos } from './chaos-report.js'
import { wholeNumber } from './parse-options.js'

interface CliOptions {
  readonly seconds: number
  readonly hubs: number
  readonly clients: number
  readonly seed: number
  readonly store: StoreKind
  readonly json: boolean
  readonly keep: boolean
}

/** What a run that cannot be made ends with. */
const CANNOT_RUN = 2
const INTERRUPTED = 130

const program = new Command('chaos')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : CANNOT_RUN))
  .description(
    'Runs hubs, a store, a Redis and clients as real processes of their own, kills, pauses, partitions and restarts them at random under\n' +
      'load, heals everything, and compares what was acknowledged with what is stored and shown.\n' +
      'Exit code 0 when every promise was kept, 1 when one was not, 2 when it could not be run.',
  )
  .option('--seconds <s>', 'how long faults happen', wholeNumber(1), 60)
  .option('--hubs <h>', 'how many hubs share the store', hubCount, 3)
  .option('--clients <n>', 'how many clients write and read', clientCount, 8)
  .option(
    '--seed <n>',
    'decides which faults come, in which order and for how long (default: another one each time)',
    wholeNumber(0),
  )
  .addOption(
    new Option('--store <kind>', 'what the hubs store in')
      .choices(['postgres', 'sqlite', 'redis'])
      .default('postgres'),
  )
  .option('--json', 'print { ok, seed, faults, acked, lost, ... } on stdout, and nothing on stderr', false)
  .option('--keep', 'keep the folder with logs and ledger also when all is well', false)
  .addHelpText(
    'after',
    '\nNeeds redis-server, and PostgreSQL for --store postgres; both are started on free ports with folders of their own. A file is for one\n' +
      'hub: --store sqlite takes --hubs 1. The same seed gives the same faults; what they meet depends on the machine.',
  )
  .action(run)

await program.parseAsync()

async function run(options: CliOptions & { readonly seed?: number }): Promise<void> {
  const { store, hubs, json } = options
  if (store === 'sqlite' && hubs > 1) {
    program.error('error: A SQLite file is for one hub: add --hubs 1, or take another --store.', {
      exitCode: CANNOT_RUN,
    })
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait for cleaning up; what is left is ended by the process that watches over us.
      if (interruption.signal.aborted) process.exit(INTERRUPTED)
      interruption.abort()
    })
  }
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000)
  const onProgress = (text: string): void => {
    if (!json) process.stderr.write(`${text}\n`)
  }
  try {
    const result = await runChaos({ ...options, seed, signal: interruption.signal, onProgress })
    process.stdout.write(`${json ? JSON.stringify(result) : formatChaos(result)}\n`)
    process.exitCode = result.ok ? 0 : 1
  } catch (error) {
    if (!isFlowSyncError(error)) throw error
    process.stderr.write(`error: ${error.message}\n`)
    // What still waits for processes that are no more would keep this one.
    process.exit(interruption.signal.aborted ? INTERRUPTED : CANNOT_RUN)
  }
}

function hubCount(text: string): number {
  const value = wholeNumber(1)(text)
  if (value > 9) throw new InvalidArgumentError('At most 9.')
  return value
}

function clientCount(text: string): number {
  const value = wholeNumber(2)(text)
  if (value > 40) throw new InvalidArgumentError('At most 40.')
  return value
}
