import { isFlowSyncError, type ReplicaId } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { Dexie, type Table } from 'dexie'
import { fromDexieError } from './dexie-error.js'
import {
  entryOf,
  outboxRows,
  tailOf,
  tailRows,
  type OutboxRow,
  type StreamRow,
  type TailRow,
} from './dexie-rows.js'
import type {
  ClientStorage,
  OutboxOwner,
  OutboxRemoval,
  StorageHandle,
  StorageScope,
  StorageTransaction,
  StoredStream,
  StreamWrite,
} from './driver.js'
import { wiped } from './wiped.js'

/** How {@link dexieStorage} stores. */
export interface DexieOptions {
  /** Begins the names of the databases. Default `flowsync`. */
  readonly prefix?: string
  /** Default: the browser's. */
  readonly indexedDB?: IDBFactory
  /** Default: the browser's. */
  readonly IDBKeyRange?: typeof IDBKeyRange
}

/**
 * Keeps what a client saves in IndexedDB, one database per workspace and subject, by Dexie.
 *
 * Every transaction asks for `strict` durability: when an edit counts as saved it is on the disk, not in a cache that a
 * crash would lose. Browsers that do not know the option flush as they see fit.
 */
export function dexieStorage(options: DexieOptions = {}): ClientStorage {
  return {
    kind: 'indexeddb',
    isPersistent: true,
    async open(scope, onWiped) {
      const database = new FlowSyncDatabase(scope, options)
      try {
        await openUnlessBlocked(database)
      } catch (cause) {
        database.close()
        throw fromDexieError(cause)
      }
      let isWiped = false
      // Another tab wants to upgrade: what runs is finished, and the next write opens anew or says why not. Or it wants to
      // delete: nothing must be written back.
      database.on('versionchange', ({ newVersion }) => {
        database.close()
        if (newVersion === null && !isWiped) {
          isWiped = true
          onWiped?.()
        }
        return false
      })
      return handleOf(database, () => isWiped)
    },
    async wipe(scope) {
      const database = new FlowSyncDatabase(scope, options)
      await guard(() => database.delete())
    },
  }
}

class FlowSyncDatabase extends Dexie {
  readonly streams!: Table<StreamRow, string>
  readonly tail!: Table<TailRow, [string, number, number]>
  readonly outbox!: Table<OutboxRow, [string, ReplicaId, number]>

  constructor({ workspace, subject }: StorageScope, { prefix = 'flowsync', ...api }: DexieOptions) {
    super([prefix, workspace, subject].map(encodeURIComponent).join('/'), {
      autoOpen: false,
      chromeTransactionDurability: 'strict',
      ...api,
    })
    this.version(1).stores({
      streams: 'stream',
      tail: '[stream+first+last]',
      outbox: '[stream+replica+first], [stream+minBase], [owner+stream+order]',
    })
  }
}

function openUnlessBlocked(database: FlowSyncDatabase): Promise<unknown> {
  const blocked = new Promise<never>((_, reject) => {
    database.on('blocked', () => {
      reject(
        createError(
          'storage/blocked',
          'Another tab holds an older version of the local database open: close it.',
        ),
      )
    })
  })
  return Promise.race([database.open(), blocked])
}

function handleOf(database: FlowSyncDatabase, isWiped: () => boolean): StorageHandle {
  const { streams, tail, outbox } = database
  const whileThere = <T>(work: () => PromiseLike<T>): Promise<T> =>
    guard(async () => {
      if (isWiped()) throw wiped()
      return work()
    })
  return {
    load: (names) =>
      whileThere(() =>
        database.transaction('r', streams, tail, outbox, () =>
          Promise.all(names.map((name) => read(database, name))),
        ),
      ),
    owners: () => whileThere(async () => ownersOf(await outbox.orderBy('[owner+stream+order]').keys())),
    commit: (transaction) =>
      whileThere(() => database.transaction('rw', streams, tail, outbox, () => apply(database, transaction))),
    close: async () => database.close(),
  }
}

async function guard<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw fromDexieError(cause)
  }
}

/** All keys that begin with these parts. */
function prefixed<Row, Key>(table: Table<Row, Key>, index: string, ...parts: readonly string[]) {
  return table.where(index).between([...parts, Dexie.minKey], [...parts, Dexie.maxKey], true, true)
}

async function read({ streams, tail, outbox }: FlowSyncDatabase, name: string): Promise<StoredStream> {
  const [row, tailRows, outboxRows] = await Promise.all([
    streams.get(name),
    prefixed(tail, '[stream+first+last]', name).toArray(),
    prefixed(outbox, '[stream+replica+first]', name).toArray(),
  ])
  try {
    return {
      stream: name,
      epoch: row?.epoch ?? '',
      checkpoint: row?.state && { seq: row.seq, state: row.state },
      tail: row ? tailOf(tailRows, row.seq) : [],
      outbox: outboxRows
        .map(entryOf)
        .sort((a, b) => a.order - b.order || (a.ops[0]?.counter ?? 0) - (b.ops[0]?.counter ?? 0)),
    }
  } catch (cause) {
    if (!isFlowSyncError(cause)) throw cause
    throw createError(
      'storage/corrupt',
      `The local database is damaged at the stream ${JSON.stringify(name)}.`,
      { cause },
    )
  }
}

/** @param keys (owner, stream, order) in order */
function ownersOf(keys: unknown): OutboxOwner[] {
  const last = new Map<string, OutboxOwner>()
  for (const [owner, stream, lastOrder] of keys as [ReplicaId, string, number][]) {
    last.set(owner + stream, { owner, stream, lastOrder })
  }
  return [...last.values()]
}

async function apply(
  database: FlowSyncDatabase,
  { streams, remove, add }: StorageTransaction,
): Promise<void> {
  for (const removal of remove) await removeOps(database, removal)
  if (add.length > 0) await database.outbox.bulkPut(add.flatMap(outboxRows))
  for (const write of streams) await applyStream(database, write)
}

async function removeOps(
  { outbox }: FlowSyncDatabase,
  { stream, replica, through }: OutboxRemoval,
): Promise<void> {
  const keys = await outbox
    .where('[stream+replica+first]')
    .between([stream, replica, 0], [stream, replica, through], true, true)
    .primaryKeys()
  const lastKey = keys.at(-1)
  if (!lastKey) return
  // Rows follow each other: only the last one can hold ops beyond.
  const last = await outbox.get(lastKey)
  await outbox.bulkDelete(keys)
  if (!last || last.last <= through) return
  const entry = entryOf(last)
  await outbox.bulkPut(outboxRows({ ...entry, ops: entry.ops.filter(({ counter }) => counter > through) }))
}

async function applyStream(database: FlowSyncDatabase, write: StreamWrite): Promise<void> {
  const { streams, tail } = database
  const { stream, epoch, replace, checkpoint } = write
  const row = await streams.get(stream)
  if (replace) {
    await prefixed(tail, '[stream+first+last]', stream).delete()
    await streams.put({ stream, epoch, seq: checkpoint?.seq ?? 0, state: checkpoint?.state })
  } else if (row?.epoch !== epoch) {
    return
  }
  if (write.tail.length > 0) await tail.bulkPut(tailRows(stream, write.tail))
  if (replace || !checkpoint || checkpoint.seq <= (row?.seq ?? 0)) return
  const older = database.outbox
    .where('[stream+minBase]')
    .between([stream, 0], [stream, checkpoint.seq], true, false)
  if ((await older.count()) > 0) return
  await streams.put({ stream, epoch, seq: checkpoint.seq, state: checkpoint.state })
  const covered = await prefixed(tail, '[stream+first+last]', stream).primaryKeys()
  await tail.bulkDelete(covered.filter(([, , last]) => last <= checkpoint.seq))
}
