import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTrace } from '@flowsync/testkit/sessions'
import { benchmarks } from './benchmarks.js'
import type { CrdtRow } from './rows.js'
import type { WorkloadOptions } from './workload.js'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const DEFAULTS = { sequential: 'automerge-paper.json.gz', concurrent: 'friendsforever_concurrent.json.gz' }

/** The recordings of a run. */
export interface Traces {
  readonly files: WorkloadOptions['traces']
  /** What results call them. */
  readonly names: { readonly sequential: string; readonly concurrent: string }
  /** The rows that are run when none were named. */
  rowsOf(rows: readonly CrdtRow[]): readonly CrdtRow[]
}

/**
 * Takes the given files, or else the usual recordings where they are found.
 * @throws FlowSyncError `config/invalid` when a given file is no recording
 */
export async function chooseTraces(given: readonly string[] | undefined): Promise<Traces> {
  const files: { sequential?: string; concurrent?: string } = {}
  if (given) {
    for (const name of given) {
      const file = resolve(name)
      files[(await readTrace(file)).kind] = file
    }
    const kinds = Object.keys(files)
    return {
      files,
      names: namesOf(files),
      rowsOf: (rows) => rows.filter((row) => kinds.includes(sessionKind(row) ?? '')),
    }
  }
  const directory = process.env['FLOWSYNC_TRACES'] ?? join(repository, '..', 'shared', 'traces')
  for (const kind of ['sequential', 'concurrent'] as const) {
    const file = join(resolve(directory), DEFAULTS[kind])
    if (existsSync(file)) files[kind] = file
  }
  return { files, names: namesOf(files), rowsOf: (rows) => rows }
}

/** The kind of recording that a row plays, if it plays one. */
function sessionKind(row: CrdtRow): 'sequential' | 'concurrent' | undefined {
  return benchmarks.find(({ name }) => name === row.benchmark)?.session
}

function namesOf(files: WorkloadOptions['traces']): Traces['names'] {
  const name = (file: string | undefined) =>
    file === undefined ? 'generated' : basename(file).replace(/\.json(\.gz)?$/, '')
  return { sequential: name(files.sequential), concurrent: name(files.concurrent) }
}
