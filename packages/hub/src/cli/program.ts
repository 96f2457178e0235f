import { readFileSync } from 'node:fs'
import { isFlowSyncError } from '@flowsync/crdt'
import { Command, CommanderError } from 'commander'
import type { CliIo } from './cli-io.js'
import { addDevCommand } from './dev-command.js'
import { addStartCommand } from './start-command.js'
import { addStreamCommands } from './stream-commands.js'
import { addTokenCommand } from './token-command.js'

/** Exit codes: what was asked for failed, or was asked for in a way that cannot work. */
const FAILED = 1
const MISUSED = 2

function createProgram(io: CliIo): Command {
  const program = new Command('flowsync')
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  program
    .description('FlowSync: a hub that keeps streams in sync, and tools to look at them')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showHelpAfterError('See: flowsync --help')
  addDevCommand(program, io)
  addStartCommand(program, io)
  addStreamCommands(program, io)
  addTokenCommand(program, io)
  return program
}

/**
 * Runs the command line. Hubs that it started go on after it has returned.
 * @param args without the names of node and script
 * @returns the exit code: 0, 1 for a failure, 2 for wrong usage or configuration
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED
    if (!isFlowSyncError(error)) throw error
    reportError(io, args, error)
    return error.code.startsWith('config/') || error.code === 'auth/token-missing' ? MISUSED : FAILED
  }
}

function reportError(
  io: CliIo,
  args: readonly string[],
  { code, message, details }: { code: string; message: string; details: object },
): void {
  if (args.includes('--json')) io.err(JSON.stringify({ error: { code, message, details } }))
  else io.err(`${message}\n(${code})`)
}
