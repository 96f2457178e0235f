import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import { clientClosed } from './errors.js'
import type { StorageAccess } from './storage/access.js'
import type { Stream } from './stream/stream.js'

/** What {@link FlowSyncClient.wipe} does about edits that the hub has not acknowledged. */
export interface WipeOptions {
  /** `send` waits until the hub has them; `discard` gives them up. Without it they keep the data from being wiped. */
  readonly unsent?: 'send' | 'discard'
  /** How long `send` may take. Default 30,000. */
  readonly timeoutMs?: number
  /** Ends the waiting of `send`: nothing is wiped then. */
  readonly signal?: AbortSignal
}

/** The parts of a client that a wipe uses. */
export interface WipedClient {
  readonly system: System
  readonly owner: ReplicaId
  readonly isClosed: () => boolean
  readonly refusal: () => FlowSyncError | undefined
  readonly openStreams: () => readonly Stream[]
  readonly goOnline: () => void
  /** Closes the client; nothing more is written. */
  readonly end: () => Promise<void>
  /** Erases the database. */
  readonly erase: () => Promise<void>
}

const SEND_TIMEOUT_MS = 30_000
const POLL_MS = 250
/** How long other tabs may hold on to the database. */
const ERASE_TIMEOUT_MS = 10_000

/** @throws FlowSyncError see {@link FlowSyncClient.wipe} */
export async function wipeClient(
  client: WipedClient,
  access: StorageAccess,
  options: WipeOptions,
): Promise<void> {
  if (options.unsent !== 'discard') await waitUntilSent(client, access, options)
  if (client.isClosed()) throw clientClosed()
  await client.end()
  await withinTime(client.system, client.erase())
}

async function waitUntilSent(
  client: WipedClient,
  access: StorageAccess,
  { unsent, timeoutMs = SEND_TIMEOUT_MS, signal }: WipeOptions,
): Promise<void> {
  const { system } = client
  const startedMs = system.nowMs()
  if (unsent === 'send') client.goOnline()
  for (;;) {
    const left = await countUnsent(client, access)
    if (client.isClosed()) throw clientClosed()
    // What was edited while the disk was read counts too.
    if (left.size === 0 && client.openStreams().every(({ outbox }) => outbox.pendingCount === 0)) return
    const cause: unknown = client.refusal() ?? (signal?.aborted === true ? signal.reason : undefined)
    const isLate = system.nowMs() - startedMs >= timeoutMs
    if (left.size > 0 && (unsent !== 'send' || cause !== undefined || isLate)) throw unsentEdits(left, cause)
    await new Promise<void>((resolve) => system.setTimer(POLL_MS, resolve))
  }
}

/** How many edits of each stream the hub has not acknowledged, those of other tabs and of dead ones included. */
async function countUnsent(
  { owner, openStreams }: WipedClient,
  { journal, adopted }: StorageAccess,
): Promise<ReadonlyMap<string, number>> {
  const owners = await journal.owners()
  const stored = await journal.load([...new Set(owners.map(({ stream }) => stream))])
  // A storage that cannot be read looks like an empty one.
  if (journal.error) throw journal.error
  const streams = openStreams()
  const loaded = new Set(streams.filter(({ isLoaded }) => isLoaded).map(({ name }) => name))
  const unsent = new Map<string, number>()
  const count = (stream: string, ops: number): void => {
    if (ops > 0) unsent.set(stream, (unsent.get(stream) ?? 0) + ops)
  }
  for (const { name, outbox } of streams) count(name, outbox.pendingCount)
  for (const { stream, outbox } of stored) {
    for (const entry of outbox) {
      const isInMemory = loaded.has(stream) && (entry.owner === owner || adopted.has(entry.owner))
      if (!isInMemory) count(stream, entry.ops.length)
    }
  }
  return unsent
}

function unsentEdits(unsent: ReadonlyMap<string, number>, cause: unknown): FlowSyncError {
  const count = [...unsent.values()].reduce((sum, edits) => sum + edits, 0)
  return createError(
    'storage/unsent-edits',
    `${count} edits have not reached the hub: wipe with { unsent: 'send' } or { unsent: 'discard' }.`,
    { details: { count, streams: [...unsent.keys()] }, cause },
  )
}

function withinTime(system: System, erased: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = system.setTimer(ERASE_TIMEOUT_MS, () =>
      reject(
        createError(
          'storage/blocked',
          'Another tab holds on to the local database. It is erased when that tab is closed.',
        ),
      ),
    )
    erased.then(resolve, reject).finally(cancel)
  })
}
