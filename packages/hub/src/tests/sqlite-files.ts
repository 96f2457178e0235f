import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Op, ReplicaId } from '@flowsync/crdt'
import type { AppendBatch, AppendOutcome, LogDriver, StreamHead } from '../storage/driver.js'
import { sqlite, type SqliteOptions } from '../storage/sqlite/sqlite.js'

/** Log files in a folder of their own, and the drivers that a test has open on them. */
export class SqliteFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowsync-sqlite-'))
  private readonly opened: LogDriver[] = []

  path(name = 'log.db'): string {
    return join(this.folder, name)
  }

  /** A driver that is closed with the folder; not opened yet. */
  driver(name?: string, options?: SqliteOptions): LogDriver {
    const driver = sqlite(this.path(name), options)
    this.opened.push(driver)
    return driver
  }

  async open(name?: string, options?: SqliteOptions): Promise<LogDriver> {
    const driver = this.driver(name, options)
    await driver.open()
    return driver
  }

  async remove(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((driver) => driver.close()))
    rmSync(this.folder, { recursive: true })
  }
}

export const author = 'a'.repeat(32) as ReplicaId

/** An op of {@link author} that takes one counter. */
export function opAt(counter: number, base = 0, body = new Uint8Array(20).fill(counter)): Op {
  return { replica: author, counter, count: 1, base, extra: [], body }
}

/** Ends the storage thread of an SQLite driver as a crash would: in the middle of whatever it does. */
export async function killThread(driver: LogDriver): Promise<void> {
  const { thread } = driver as unknown as { readonly thread?: Promise<{ end(): Promise<void> }> }
  await (await thread)?.end()
}

export async function append(
  driver: LogDriver,
  { workspace, stream, epoch }: Omit<AppendBatch, 'ops' | 'subject'> | StreamHead,
  ops: readonly Op[],
): Promise<AppendOutcome> {
  const [outcome] = await driver.append([{ workspace, stream, epoch, subject: 'alice', ops }])
  if (!outcome) throw new Error('no outcome')
  return outcome
}
