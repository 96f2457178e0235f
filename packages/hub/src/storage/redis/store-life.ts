import { createEpoch, createError, type System } from '@flowsync/protocol'
import { ErrorReply } from 'redis'
import { beginLife, LAYOUT, leaveLife } from './life-script.js'
import { findHeads } from './stream-scripts.js'
import { type Client, evaluateOn } from './redis-client.js'
import { headOf, type HeadReply } from './replies.js'
import { checkServer, parseServerState, type ServerState, syncsEveryWrite } from './server-state.js'

/** A stream as this driver has seen it, the key of its head, and how far it was. */
export interface KnownHead {
  readonly key: string
  readonly epoch: string
  readonly headSeq: number
}

/** What the life of a store is settled with. */
export interface LifeOptions {
  /** The key that tells which life the store is in. */
  readonly metaKey: string
  readonly requireFsync: boolean
  readonly system: System
  /** What the store held when it was last read. */
  readonly knownHeads: () => readonly KnownHead[]
}

/** What was found when a connection was made. */
export interface SettledLife {
  readonly life: string
  readonly server: ServerState
  /** The end is lost or may be: a new life was begun. */
  readonly wasRestored: boolean
}

/**
 * Finds out, before anything else passes over a connection, which life the store is in. A new one begins when the
 * server may have lost the end by what it tells of itself, and when it holds less than this driver has seen there.
 * @param formerLife the one that this driver has seen it in before
 * @throws FlowSyncError when a log must not be kept on the server
 */
export async function settleLife(
  client: Client,
  options: LifeOptions,
  formerLife: string | undefined,
): Promise<SettledLife> {
  const { metaKey, requireFsync, system } = options
  const server = await readServer(client)
  checkServer(server, requireFsync)
  const flags = [syncsEveryWrite(server), server.hasReplicas].map((flag) => (flag ? '1' : '0'))
  const args = [LAYOUT, server.runId, ...flags, createEpoch(system)]
  const answer = await evaluateOn(client, beginLife, [metaKey], args)
  const [life = '', outcome = '', layout = ''] = (answer as Buffer[]).map(String)
  if (outcome === 'foreign') {
    throw createError(
      'config/invalid',
      `The store in Redis was written by another version of FlowSync (layout ${layout}, this one reads ${LAYOUT}). Start the version that wrote it.`,
    )
  }
  if (life !== formerLife || (await holdsAll(client, life, options))) {
    return { life, server, wasRestored: outcome === 'renewed' }
  }
  const next = await evaluateOn(client, leaveLife, [metaKey], [life, createEpoch(system)])
  return { life: String(next), server, wasRestored: true }
}

/** An older backup of a server that syncs every write looks like a restart of it. */
async function holdsAll(
  client: Client,
  life: string,
  { metaKey, knownHeads }: LifeOptions,
): Promise<boolean> {
  const known = knownHeads()
  if (known.length === 0) return true
  const keys = [metaKey, ...known.map(({ key }) => key)]
  const replies = (await evaluateOn(client, findHeads, keys, [life])) as (HeadReply | null)[]
  return known.every(({ epoch, headSeq }, index) => {
    const reply = replies[index]
    if (!reply) return false
    const found = headOf({ workspace: '', stream: '' }, reply)
    // Of another epoch nothing is known, and who was in the old one is told.
    return found.epoch !== epoch || found.headSeq >= headSeq
  })
}

async function readServer(client: Client): Promise<ServerState> {
  const info = await client.sendCommand<Buffer>(['INFO'])
  return parseServerState(info.toString(), await readAppendFsync(client))
}

/** Managed servers may forbid `CONFIG`. */
async function readAppendFsync(client: Client): Promise<string | undefined> {
  try {
    const [, value] = await client.sendCommand<Buffer[]>(['CONFIG', 'GET', 'appendfsync'])
    return value?.toString()
  } catch (error) {
    if (error instanceof ErrorReply) return undefined
    throw error
  }
}
