import { readFileSync } from 'node:fs'
import { isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { Command, CommanderError } from 'commander'
import type { CliIo } from './cli-io.js'
import { addCompactCommand } from './compact-command.js'
import { addDevCommand } from './dev-command.js'
import { addExportCommand } from './export-command.js'
import { addImportCommand } from './import-command.js'
import { addInspectCommand } from './inspect-command.js'
import { Interruption } from './interruption.js'
import { addStartCommand } from './start-command.js'
import { addStreamCommands } from './stream-commands.js'
import { addTokenCommand } from './token-command.js'

/** Exit codes: what was asked for failed, or was asked for in a way that cannot work. */
const FAILED = 1
const MISUSED = 2
/** As shells have it: 128 and the number of SIGINT. */
const INTERRUPTED = 130

function createProgram(io: CliIo, isJson: boolean): Command {
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
      // With --json, `runCli` says what is wrong.
      writeErr: (text) => void (isJson || io.err(text.trimEnd())),
    })
    .showHelpAfterError('See: flowsync --help')
  addDevCommand(program, io)
  addStartCommand(program, io)
  addStreamCommands(program, io)
  addTokenCommand(program, io)
  addInspectCommand(program, io)
  addCompactCommand(program, io)
  addExportCommand(program, io)
  addImportCommand(program, io)
  for (const command of program.commands) {
    command.showHelpAfterError(`See: flowsync ${command.name()} --help`)
  }
  return program
}

/**
 * Runs the command line. Hubs that it started go on after it has returned.
 * @param args without the names of node and script
 * @returns the exit code: 0, 1 for a failure, 2 for wrong usage or configuration, 130 when a signal ended it
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const isJson = args.includes('--json')
  try {
    await createProgram(io, isJson).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      if (isJson) reportError(io, true, createError('config/invalid', error.message.replace(/^error: /, '')))
      return MISUSED
    }
    if (error instanceof Interruption) {
      io.err(error.message)
      return INTERRUPTED
    }
    const known = isSystemError(error)
      ? createError('config/invalid', error.message, { cause: error })
      : error
    if (!isFlowSyncError(known)) throw error
    reportError(io, isJson, known)
    return known.code.startsWith('config/') || known.code === 'auth/token-missing' ? MISUSED : FAILED
  }
}

function reportError(
  io: CliIo,
  isJson: boolean,
  { code, message, details }: { code: string; message: string; details: object },
): void {
  if (isJson) io.err(JSON.stringify({ error: { code, message, details } }))
  else io.err(`${message}\n(${code})`)
}

/** What the operating system refused, such as a file that may not be read: its message says all there is. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
