import { createError } from '@flowsync/protocol'
import { type Command, Option } from 'commander'
import type { CliIo } from './cli-io.js'
import { type HubTarget, requestStream } from './hub-request.js'

interface TargetOptions {
  readonly url: string
  readonly token?: string
  readonly workspace: string
  readonly json?: boolean
}

interface PushOptions extends TargetOptions {
  readonly key?: string
}

/** `flowsync push` and `flowsync get`: one stream from a shell. */
export function addStreamCommands(program: Command, io: CliIo): void {
  withTarget(program.command('push'))
    .description('Push an intent to a stream; returns once it is durable')
    .argument('<stream>', 'such as counter:likes')
    .argument('<intent>', 'JSON such as \'{ "op": "increment" }\', or - to read it from standard input')
    .option('--key <key>', 'idempotency key: the same key stores the intent once, however often it is sent')
    .action(async (stream: string, text: string, options: PushOptions) => {
      const intent = parseIntent(text === '-' ? await io.readInput() : text)
      const answer = await requestStream(io, targetOf(options), stream, {
        intent,
        idempotencyKey: options.key,
      })
      io.out(options.json ? JSON.stringify(answer) : describePush(stream, answer['seq']))
    })

  withTarget(program.command('get'))
    .description('Print the value of a stream')
    .argument('<stream>', 'such as counter:likes')
    .action(async (stream: string, options: TargetOptions) => {
      const answer = await requestStream(io, targetOf(options), stream)
      const { value } = answer
      const shown = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
      io.out(options.json ? JSON.stringify(answer) : shown)
    })
}

function withTarget(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the hub').env('FLOWSYNC_URL').default('http://127.0.0.1:8765'))
    .addOption(new Option('--token <token>', 'better in the environment').env('FLOWSYNC_TOKEN'))
    .option('--workspace <workspace>', 'the workspace', 'default')
    .option('--json', 'print the whole answer as JSON')
}

function targetOf({ url, token, workspace }: TargetOptions): HubTarget {
  if (token !== undefined) return { url, token, workspace }
  throw createError(
    'auth/token-missing',
    'There is no token: set FLOWSYNC_TOKEN or give --token. `flowsync dev` prints one, `flowsync token` makes one.',
  )
}

function parseIntent(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw createError(
      'op/invalid-intent',
      'The intent is not JSON. Quote it for your shell: \'{ "op": "increment" }\'',
      { cause },
    )
  }
}

function describePush(stream: string, seq: unknown): string {
  return seq === null
    ? `${stream} is as it was: the intent changes nothing`
    : `${stream} stored as number ${JSON.stringify(seq)}`
}
