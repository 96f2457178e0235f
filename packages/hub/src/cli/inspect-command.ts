import { createError, parsePattern } from '@flowsync/protocol'
import type { Command } from 'commander'
import type { LogDriver, StreamHead } from '../storage/driver.js'
import type { CliIo } from './cli-io.js'
import { chosenStreams } from './compact-streams.js'
import { type StoreOptions, withStore, withStoreOptions } from './open-store.js'

interface InspectOptions extends StoreOptions {
  readonly json?: boolean
}

const REPLICAS = 1_000
const EXAMPLES = `
Examples:
  flowsync inspect                      a line for each stream of flowsync.db
  flowsync inspect doc:readme --json    one stream with its snapshots and replicas`

/** `flowsync inspect`: what a storage holds. */
export function addInspectCommand(program: Command, io: CliIo): void {
  withStoreOptions(program.command('inspect'))
    .description('Tell what a storage holds: streams, floors, snapshots, replicas')
    .argument('[stream]', "a stream, or a pattern such as 'doc:*'; default: all streams")
    .option('--json', 'print a line of JSON for each stream')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: InspectOptions) => {
      const patterns = name === undefined ? [] : [parsePattern(name)]
      await withStore(io, options, false, async (storage) => {
        let found = 0
        for await (const head of chosenStreams(storage, options.workspace, patterns)) {
          found++
          const isOne = patterns[0]?.isLiteral ?? false
          const details = isOne || options.json ? await detailsOf(storage, head) : undefined
          io.out(options.json ? JSON.stringify({ ...head, ...details }) : describe(head, details))
        }
        if (found === 0 && name !== undefined) {
          throw createError('stream/unknown', `There is no stream ${name} in workspace ${options.workspace}.`)
        }
      })
    })
}

interface Details {
  /** The newest first. */
  readonly snapshots: readonly { readonly seq: number; readonly bytes: number }[]
  readonly replicas: number
}

async function detailsOf(storage: LogDriver, head: StreamHead): Promise<Details> {
  const snapshots: { seq: number; bytes: number }[] = []
  let snapshot = await storage.latestSnapshot(head)
  while (snapshot) {
    snapshots.push({ seq: snapshot.seq, bytes: snapshot.state.length })
    snapshot = snapshot.seq > 0 ? await storage.latestSnapshot(head, snapshot.seq - 1) : undefined
  }
  let replicas = 0
  let page = await storage.replicasOf(head, { limit: REPLICAS })
  while (page.length > 0) {
    replicas += page.length
    page = await storage.replicasOf(head, { after: page.at(-1)?.replica, limit: REPLICAS })
  }
  return { snapshots, replicas }
}

function describe(head: StreamHead, details: Details | undefined): string {
  const { workspace, stream, rule, ruleVersion, epoch, headSeq, floorSeq, truncatedSeq } = head
  const erased = truncatedSeq > 0 ? `, erased through ${truncatedSeq}` : ''
  const line = `${workspace}/${stream}  ${rule} ${ruleVersion}  epoch ${epoch}  head ${headSeq}, floor ${floorSeq}${erased}`
  if (!details) return line
  const snapshots = details.snapshots.map(({ seq, bytes }) => `\n  snapshot at ${seq}, ${bytes} bytes`)
  return `${line}\n  ${details.replicas} replicas${snapshots.join('')}`
}
