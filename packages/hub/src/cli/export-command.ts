import { createWriteStream, existsSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { createError, createSystem, matchesPattern, parsePattern } from '@flowsync/protocol'
import type { Command } from 'commander'
import type { LogDriver } from '../storage/driver.js'
import type { ExportTrailer } from '../transfer/export-format.js'
import { exportWorkspace } from '../transfer/export-workspace.js'
import type { CliIo } from './cli-io.js'
import { requireStreams } from './compact-streams.js'
import { interruptible } from './interruption.js'
import { type StoreOptions, withStore, withStoreOptions } from './open-store.js'

interface ExportOptions extends StoreOptions {
  readonly output: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  flowsync export -o acme.flowsync --workspace acme
  flowsync export 'doc:*' -o docs.flowsync --db postgres://…
  flowsync export -o - | ssh backup 'cat > flowsync.export'`

/** `flowsync export`: a workspace as one file. */
export function addExportCommand(program: Command, io: CliIo): void {
  withStoreOptions(program.command('export'))
    .description('Write the streams of a workspace to a file, with history, authors and snapshots')
    .argument('[streams...]', "patterns such as 'doc:*'; default: all streams")
    .requiredOption('-o, --output <file>', 'the file; - for standard output')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: readonly string[], options: ExportOptions) => {
      const patterns = names.map(parsePattern)
      const { output, workspace } = options
      if (output === '-' && (io.isTerminal || options.json)) {
        throw createError('config/invalid', 'The export is binary: give it a file with -o, or a pipe.')
      }
      checkOutput(output)
      const includes = (stream: string): boolean =>
        patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, stream))
      const trailer = await withStore(io, options, false, async (storage) => {
        // A backup of nothing, under the name of the last one, would be noticed when it is too late.
        await requireStreams(storage, workspace, patterns)
        return interruptible(io, (signal) => write(io, storage, { workspace, includes, signal, output }))
      })
      if (output !== '-')
        io.out(
          options.json ? JSON.stringify({ file: output, workspace, ...trailer }) : summary(output, trailer),
        )
    })
}

/** Said before the work is done, not after it. */
function checkOutput(output: string): void {
  if (output === '-') return
  const folder = dirname(output)
  if (!existsSync(folder)) throw createError('config/invalid', `There is no folder ${folder}.`)
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory()) {
    throw createError('config/invalid', `${output} is a folder: name a file in it.`)
  }
}

interface Writing {
  readonly workspace: string
  readonly includes: (stream: string) => boolean
  readonly signal: AbortSignal
  readonly output: string
}

/** The file is there once it is whole. */
async function write(io: CliIo, storage: LogDriver, { output, ...what }: Writing): Promise<ExportTrailer> {
  const onStream: Parameters<typeof exportWorkspace>[0]['onStream'] = ({ stream, headSeq }) =>
    io.err(`${stream}: ${headSeq} ops`)
  const system = createSystem()
  if (output === '-') return exportWorkspace({ storage, system, ...what, onStream, sink: standardOutput() })
  const part = `${output}.part-${process.pid}`
  try {
    const trailer = await exportWorkspace({
      storage,
      system,
      ...what,
      onStream,
      sink: createWriteStream(part),
    })
    const file = await open(part)
    await file.sync().finally(() => file.close())
    await rename(part, output)
    return trailer
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Ends without closing what is not its own. */
function standardOutput(): Writable {
  return new Writable({ write: (chunk: Uint8Array, _encoding, done) => process.stdout.write(chunk, done) })
}

function summary(file: string, { streams, ops, snapshots }: ExportTrailer): string {
  return `Exported ${streams} streams with ${ops} ops and ${snapshots} snapshots to ${file}`
}
