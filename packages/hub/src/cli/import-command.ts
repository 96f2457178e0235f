import { statSync } from 'node:fs'
import { createError, createSystem } from '@flowsync/protocol'
import type { Command } from 'commander'
import { isWorkspaceName } from '../gateway/workspace.js'
import { checkExport } from '../transfer/check-export.js'
import { importWorkspace } from '../transfer/import-workspace.js'
import type { CliIo } from './cli-io.js'
import { interruptible } from './interruption.js'
import { type StoreOptions, withDbOption, withStore } from './open-store.js'

interface ImportOptions extends Omit<StoreOptions, 'workspace'> {
  readonly workspace?: string
  readonly newEpochs?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  flowsync import acme.flowsync --db postgres://…   move a workspace: clients go on where they are
  flowsync import acme.flowsync --workspace copy    into another workspace
  flowsync import old.flowsync --new-epochs         replace what was lost by an older export

When it is interrupted, run it again with the same file: it goes on where it ended.`

/** `flowsync import`: a file that `flowsync export` wrote. */
export function addImportCommand(program: Command, io: CliIo): void {
  withDbOption(program.command('import'))
    .description('Store an exported workspace as it was, in an empty one')
    .argument('<file>', 'what `flowsync export` wrote')
    .option('--workspace <workspace>', 'another workspace than the exported one')
    .option(
      '--new-epochs',
      'for an export that is older than what clients have seen: they fetch the streams anew, and keep what they had not sent',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ImportOptions) => {
      const { db, workspace, newEpochs } = options
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
        throw createError('config/invalid', `There is no file ${file}.`)
      }
      if (workspace !== undefined && !isWorkspaceName(workspace)) {
        throw createError(
          'config/invalid',
          `"${workspace}" is no name of a workspace: take letters, digits, ".", "_" and "-", at most 64.`,
        )
      }
      // First of all: a file that is refused leaves no trace.
      const checked = await checkExport(file)
      const outcome = await withStore(io, { db, workspace: workspace ?? '' }, true, (storage) =>
        interruptible(io, (signal) =>
          importWorkspace({
            storage,
            system: createSystem(),
            file,
            checked,
            workspace,
            newEpochs,
            signal,
            onStream: ({ stream, headSeq }, done, streams) =>
              io.err(`${done} of ${streams}: ${stream}, ${headSeq} ops`),
          }),
        ),
      )
      const { streams, ops, snapshots, resumed } = outcome
      const again = resumed > 0 ? `; ${resumed} were there from an import before` : ''
      io.out(
        options.json
          ? JSON.stringify(outcome)
          : `Imported ${streams} streams with ${ops} ops and ${snapshots} snapshots into workspace ${outcome.workspace}${again}`,
      )
    })
}
