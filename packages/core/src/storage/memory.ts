import type { Op, SequencedOp } from '@flowsync/crdt'
import type {
  Checkpoint,
  ClientStorage,
  OutboxEntry,
  OutboxRemoval,
  StorageHandle,
  StorageScope,
  StorageTransaction,
  StoredStream,
  StreamWrite,
} from './driver.js'
import { wiped } from './wiped.js'

interface MemoryStream {
  epoch: string
  checkpoint?: Checkpoint
  tail: Map<number, SequencedOp>
}

interface MemoryDatabase {
  streams: Map<string, MemoryStream>
  outbox: OutboxEntry[]
  isWiped: boolean
  /** Who has it open and wants to know that it was wiped. */
  readonly onWiped: Set<() => void>
}

/**
 * Keeps what a client saves in this object: for tests, for servers, and for clients that may forget.
 *
 * Clients given the same object share its data as tabs share a database; what a closed client left is there for the next.
 */
export function memory(): ClientStorage {
  const databases = new Map<string, MemoryDatabase>()
  return {
    kind: 'memory',
    isPersistent: false,
    async open(scope, onWiped) {
      return openDatabase(databaseOf(databases, scope), onWiped)
    },
    async wipe(scope) {
      const key = keyOf(scope)
      const database = databases.get(key)
      databases.delete(key)
      if (!database) return
      database.isWiped = true
      for (const tell of database.onWiped) tell()
    },
  }
}

function keyOf({ workspace, subject }: StorageScope): string {
  return JSON.stringify([workspace, subject])
}

function databaseOf(databases: Map<string, MemoryDatabase>, scope: StorageScope): MemoryDatabase {
  const key = keyOf(scope)
  let database = databases.get(key)
  if (!database) {
    database = { streams: new Map(), outbox: [], isWiped: false, onWiped: new Set() }
    databases.set(key, database)
  }
  return database
}

function openDatabase(database: MemoryDatabase, onWiped: (() => void) | undefined): StorageHandle {
  const tell = (): void => onWiped?.()
  if (onWiped) database.onWiped.add(tell)
  const check = (): void => {
    if (database.isWiped) throw wiped()
  }
  return {
    load: async (names) => {
      check()
      return names.map((name) => read(database, name))
    },
    owners: async () => {
      check()
      const last = new Map<string, OutboxEntry>()
      for (const entry of database.outbox) last.set(JSON.stringify([entry.owner, entry.stream]), entry)
      return [...last.values()].map(({ owner, stream, order }) => ({ owner, stream, lastOrder: order }))
    },
    commit: async (transaction) => {
      check()
      apply(database, transaction)
    },
    close: async () => {
      database.onWiped.delete(tell)
    },
  }
}

function read(database: MemoryDatabase, name: string): StoredStream {
  const stored = database.streams.get(name)
  const tail: SequencedOp[] = []
  for (let seq = (stored?.checkpoint?.seq ?? 0) + 1; ; seq++) {
    const op = stored?.tail.get(seq)
    if (!op) break
    tail.push(op)
  }
  return {
    stream: name,
    epoch: stored?.epoch ?? '',
    checkpoint: stored?.checkpoint,
    tail,
    outbox: database.outbox.filter(({ stream }) => stream === name),
  }
}

function apply(database: MemoryDatabase, { streams, remove, add }: StorageTransaction): void {
  for (const removal of remove) database.outbox = database.outbox.flatMap((entry) => without(entry, removal))
  database.outbox = [...database.outbox, ...add].sort((a, b) => a.order - b.order)
  for (const write of streams) applyStream(database, write)
}

/** What is left of an entry after a removal: all, a part or nothing. */
function without(entry: OutboxEntry, { stream, replica, through }: OutboxRemoval): OutboxEntry[] {
  if (entry.stream !== stream || entry.ops[0]?.replica !== replica) return [entry]
  const ops = entry.ops.filter(({ counter }) => counter > through)
  return ops.length === 0 ? [] : [{ ...entry, ops }]
}

function applyStream(
  database: MemoryDatabase,
  { stream, epoch, replace, checkpoint, tail }: StreamWrite,
): void {
  let stored = database.streams.get(stream)
  if (!stored || replace) {
    if (!stored && !replace) return
    stored = { epoch, checkpoint, tail: new Map() }
    database.streams.set(stream, stored)
  }
  if (stored.epoch !== epoch) return
  for (const op of tail) stored.tail.set(op.seq, op)
  if (!checkpoint || checkpoint.seq <= (stored.checkpoint?.seq ?? 0)) return
  if (database.outbox.some((entry) => entry.stream === stream && hasBaseBelow(entry.ops, checkpoint.seq)))
    return
  stored.checkpoint = checkpoint
  for (const seq of [...stored.tail.keys()]) if (seq <= checkpoint.seq) stored.tail.delete(seq)
}

function hasBaseBelow(ops: readonly Op[], seq: number): boolean {
  return ops.some(({ base }) => base < seq)
}
