import assert from 'node:assert/strict'
import type {
  ClientStorage,
  OutboxEntry,
  StorageHandle,
  StorageTransaction,
  StoredStream,
  StreamWrite,
} from '@flowsync/core'
import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { op, replica } from '../storage/log-driver-store.js'

/** Opens the storage under test for a user; every handle is a tab. */
export type Open = (subject?: string, workspace?: string, onWiped?: () => void) => Promise<StorageHandle>

/** Replicas: two of ops, two of client instances. */
export const [a, b, me, other] = [replica(1), replica(2), replica(11), replica(12)]
/** Two lives of a log. */
export const EPOCH = '00000000000000e1'
export const NEXT_EPOCH = '00000000000000e2'

/** Ops at these places in the stream. */
export function sequenced(from: number, through: number, author = a): SequencedOp[] {
  return Array.from({ length: through - from + 1 }, (_, index) => ({
    ...op(author, from + index),
    seq: from + index,
  }))
}

/** A write to one stream. */
export function write(change: Partial<StreamWrite>): StreamWrite {
  return { stream: 'doc:a', epoch: EPOCH, replace: false, tail: [], ...change }
}

/** An outbox entry. */
export function entry(order: number, ops: readonly Op[], owner = me, stream = 'doc:a'): OutboxEntry {
  return { stream, owner, order, ops }
}

/** Commits a transaction with these parts. */
export function commit(handle: StorageHandle, change: Partial<StorageTransaction>): Promise<void> {
  return handle.commit({ streams: [], remove: [], add: [], ...change })
}

/** What is stored of one stream. */
export async function load(handle: StorageHandle, stream = 'doc:a'): Promise<StoredStream> {
  const [stored] = await handle.load([stream])
  assert.ok(stored)
  return stored
}

/** The seqs of the stored tail. */
export async function seqsOf(handle: StorageHandle): Promise<number[]> {
  return (await load(handle)).tail.map(({ seq }) => seq)
}

/** The ops of the outbox, in order. */
export async function countersOf(handle: StorageHandle, stream?: string): Promise<[ReplicaId, number][]> {
  return (await load(handle, stream)).outbox.flatMap(({ ops }) =>
    ops.map(({ replica: author, counter }): [ReplicaId, number] => [author, counter]),
  )
}

/** Some state of a checkpoint. */
export const state = Uint8Array.of(9, 8, 7)

/** A behaviour, given an empty storage. */
export type Check = (open: Open, storage: ClientStorage) => Promise<void>
