#!/usr/bin/env node
import { isFlowSyncError } from '@flowsync/crdt'
import { Command } from 'commander'
import { generateSession } from '../replay/generate-session.js'
import { readTrace } from '../replay/read-trace.js'
import { replay, type ReplayOptions, type ReplayResult } from '../replay/replay.js'
import { countEdits, type Session } from '../replay/session.js'
import { probability, wholeNumber } from './parse-options.js'

interface CliOptions {
  readonly trace?: string
  readonly edits: number
  readonly clients: number
  readonly offline: number
  readonly killHub: number
  readonly seed: number
  readonly json: boolean
}

const program = new Command('replay')
  .description(
    'Plays an editing session through a real hub process (SQLite on disk) and real clients (sockets), while clients go\n' +
      'offline and the hub is killed, and compares what everybody ends with. Exit code 0 when all agree, 1 otherwise.',
  )
  .option('--trace <file>', 'a recorded session, .json or .json.gz (default: a generated one)')
  .option('--edits <n>', 'length of the generated session', wholeNumber(1), 20_000)
  .option('--clients <n>', 'how many clients; the first one types', wholeNumber(1), 3)
  .option(
    '--offline <p>',
    'probability that a client is offline during a stretch of the session',
    probability,
    0,
  )
  .option('--kill-hub <k>', 'how many times the hub is killed with SIGKILL', wholeNumber(0), 0)
  .option('--seed <s>', 'decides when who goes offline and when the hub is killed', wholeNumber(0), 1)
  .option('--json', 'print { ok, clients, edits, seconds, ... } on stdout, and nothing on stderr', false)
  .addHelpText(
    'after',
    '\nedits are those of the recording; seconds run from the first edit until everybody has caught up;\n' +
      'p50Ms and p99Ms are the time from typing an edit to its acknowledgement by the hub, on disk, over the edits that\n' +
      'were typed while the typist was online, with up to 2,000 edits under way.',
  )
  .action(run)

await program.parseAsync()

async function run(options: CliOptions): Promise<void> {
  const session = await open(options)
  say(options, `${session.name}: ${countEdits(session)} edits, ${options.clients} clients`)
  const result = await playOrExplain({
    session,
    clients: options.clients,
    offline: options.offline,
    kills: options.killHub,
    seed: options.seed,
    onProgress: (text) => say(options, text),
  })
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(result))}\n`)
  else process.stdout.write(`${format(result)}\n`)
  process.exitCode = result.ok ? 0 : 1
}

async function playOrExplain(options: ReplayOptions): Promise<ReplayResult> {
  try {
    return await replay(options)
  } catch (error) {
    if (isFlowSyncError(error)) return program.error(`error: ${error.message}`)
    throw error
  }
}

async function open({ trace, edits, seed }: CliOptions): Promise<Session> {
  if (trace === undefined) return generateSession(edits, seed)
  try {
    return await readTrace(trace)
  } catch (error) {
    if (isFlowSyncError(error)) return program.error(`error: ${error.message}`)
    throw error
  }
}

/** Problems are told only when there are any: what succeeds has the documented fields and no other. */
function toJson({ problems, ...result }: ReplayResult): object {
  return problems.length === 0 ? result : { ...result, problems }
}

function format(result: ReplayResult): string {
  const { ok, clients, edits, seconds, editsPerSecond, p50Ms, p99Ms, kills, offlineSpells, problems } = result
  return [
    ...problems,
    `${ok ? 'ok' : 'FAILED'}: ${edits} edits, ${clients} clients, ${offlineSpells} offline spells, ${kills} kills of the hub ` +
      `in ${seconds} s (${editsPerSecond} edits/s); typed to acknowledged p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
  ].join('\n')
}

function say({ json }: CliOptions, text: string): void {
  if (!json) process.stderr.write(`${text}\n`)
}
