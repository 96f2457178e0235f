import { createError, createSystem, parsePattern } from '@flowsync/protocol'
import { type Command, Option } from 'commander'
import type { CliIo } from './cli-io.js'
import { type CompactedStream, compactStreams, requireStreams } from './compact-streams.js'
import { interruptible } from './interruption.js'
import { type StoreOptions, withStore, withStoreOptions } from './open-store.js'
import { parseCount } from './parse-count.js'
import { streamsOf } from './serve.js'

interface CompactOptions extends StoreOptions {
  readonly keep: number
  readonly streams?: string
  readonly truncate?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  flowsync compact --dry-run                     what there is to do in flowsync.db
  flowsync compact 'doc:*' --keep 500            all documents but the latest 500 ops of each
  flowsync compact --db postgres://… --workspace '*'
  flowsync compact doc:secret --truncate --yes   erase the history of one stream for good`

/** `flowsync compact`: compresses what is old, or erases it. */
export function addCompactCommand(program: Command, io: CliIo): void {
  withStoreOptions(program.command('compact'))
    .description('Compress the history of streams, or erase it with --truncate')
    .argument('[streams...]', "patterns such as 'doc:*'; default: all streams")
    .addOption(
      new Option('--keep <ops>', 'how many of the latest ops stay as they are')
        .argParser(parseCount)
        .default(1_000),
    )
    .option('--streams <file>', 'module that exports `streams`, as for `flowsync start`')
    .option('--truncate', 'erase all history for good; what streams show stays, and clients go on')
    .option('-y, --yes', 'do not ask before erasing')
    .option('--dry-run', 'only tell what there is to do')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: readonly string[], options: CompactOptions) => {
      const patterns = names.map(parsePattern)
      const definitions = await streamsOf(options.streams)
      if (options.truncate && !options.dryRun) await confirmErasure(io, names, options)
      const { json = false, dryRun: isDryRun = false, truncate: truncates = false } = options
      const { workspace, keep: keepOps } = options
      const done: CompactedStream[] = []
      await withStore(io, options, false, (storage) =>
        interruptible(io, async (signal) => {
          if (patterns.length > 0) await requireStreams(storage, workspace, patterns)
          const system = createSystem()
          const what = {
            storage,
            system,
            definitions,
            workspace,
            patterns,
            keepOps,
            truncates,
            isDryRun,
            signal,
          }
          for await (const stream of compactStreams(what)) {
            done.push(stream)
            io.err(describe(stream, isDryRun))
          }
        }),
      )
      io.out(
        json
          ? JSON.stringify({ dryRun: isDryRun, ...totals(done), streams: done })
          : summary(done, truncates, isDryRun),
      )
      if (truncates && !isDryRun) checkErased(done)
    })
}

/** @throws FlowSyncError `config/invalid` unless somebody says yes */
async function confirmErasure(io: CliIo, names: readonly string[], { yes, db, workspace }: CompactOptions) {
  if (yes) return
  if (!io.isInteractive) {
    throw createError(
      'config/invalid',
      'Erasing history cannot be undone: say --yes where nobody can be asked.',
    )
  }
  const what = names.length > 0 ? names.join(', ') : 'all streams'
  const answer = await io.ask(
    `This erases the history of ${what} in workspace ${workspace} of ${db} for good. Type yes to go on: `,
  )
  if (answer.trim() !== 'yes') throw createError('config/invalid', 'Nothing was erased.')
}

function describe(
  { stream, ops, rowsBefore, rowsAfter, erased, skipped }: CompactedStream,
  isDryRun: boolean,
): string {
  if (skipped !== undefined) return `${stream}: skipped, ${skipped}`
  const verb = isDryRun ? 'would be' : 'are'
  if (erased > 0) return `${stream}: ${erased} of ${ops} ops ${verb} erased`
  return `${stream}: ${rowsBefore - rowsAfter} of ${ops} ops ${verb} compressed, ${rowsAfter} stay as they are`
}

function totals(done: readonly CompactedStream[]) {
  const sum = (of: (stream: CompactedStream) => number): number =>
    done.reduce((total, stream) => total + of(stream), 0)
  return {
    compressed: sum(({ rowsBefore, rowsAfter, erased }) => (erased > 0 ? 0 : rowsBefore - rowsAfter)),
    erased: sum(({ erased }) => erased),
    skipped: done.filter(({ skipped }) => skipped !== undefined).length,
  }
}

/** Whoever erases counts on it. */
function checkErased(done: readonly CompactedStream[]): void {
  const { skipped } = totals(done)
  if (skipped === 0) return
  throw createError('config/invalid', `The history of streams that were skipped is still there: ${skipped}.`)
}

function summary(done: readonly CompactedStream[], truncates: boolean, isDryRun: boolean): string {
  const { compressed, erased, skipped } = totals(done)
  if (done.length === 0) return 'There is nothing to do.'
  const parts = [`${done.length - skipped} streams`, `${truncates ? erased : compressed} ops`]
  const verb = truncates ? 'erased' : 'compressed'
  const note = skipped > 0 ? `; ${skipped} skipped` : ''
  return `${isDryRun ? 'To be ' : ''}${isDryRun ? verb : verb[0]?.toUpperCase() + verb.slice(1)}: ${parts.join(', ')}${note}`
}
