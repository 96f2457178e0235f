import { existsSync } from 'node:fs'
import { createError } from '@flowsync/protocol'
import { type Command, Option } from 'commander'
import type { LogDriver } from '../storage/driver.js'
import type { CliIo } from './cli-io.js'
import { storageOf } from './storage-of.js'

/** The options of commands that work on a storage themselves. */
export interface StoreOptions {
  readonly db: string
  readonly workspace: string
}

/** Adds the options of {@link StoreOptions}. */
export function withStoreOptions(command: Command): Command {
  return withDbOption(command).option('--workspace <workspace>', 'the workspace', 'default')
}

/** Adds the option that names the storage alone. */
export function withDbOption(command: Command): Command {
  return command.addOption(
    new Option('--db <store>', 'SQLite file that no hub has open, or URL of a database server').default(
      'flowsync.db',
    ),
  )
}

/**
 * Opens a storage, does the work, and lets go of it whatever happens.
 * @param mayBeNew false when there must be something in it
 * @throws FlowSyncError `config/invalid`, `storage/*`
 */
export async function withStore<T>(
  io: CliIo,
  { db }: StoreOptions,
  mayBeNew: boolean,
  work: (storage: LogDriver) => Promise<T>,
): Promise<T> {
  const isServer = /^[a-z]+:\/\//.test(db)
  if (db === ':memory:')
    throw createError('config/invalid', 'The memory of a hub cannot be opened from here.')
  if (!isServer && !mayBeNew && !existsSync(db)) {
    throw createError('config/invalid', `There is no database ${db}. Say which one with --db.`)
  }
  const storage = storageOf(db)
  const { wasRestored, warnings = [] } = await storage.open()
  for (const warning of warnings) io.err(warning)
  if (wasRestored) io.err('The storage is an older copy: its streams begin new epochs.')
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}
