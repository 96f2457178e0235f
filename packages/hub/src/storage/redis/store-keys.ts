import { createError } from '@flowsync/protocol'
import type { StreamKey } from '../driver.js'

/** The keys of one stream. */
export interface StreamKeys {
  /** Hash: how the stream was created, its epoch and where its log stands. */
  readonly head: string
  /** Stream: rows of the log above the floor, by first seq. */
  readonly log: string
  /** Stream: segments of the log below the floor, by first seq. */
  readonly segments: string
  /** Sorted set: marks, ordered by replica and counter. */
  readonly marks: string
  /** Hash: the place of each replica, by number. */
  readonly places: string
  /** Hash: states by seq. */
  readonly snapshots: string
}

/** The keys of one workspace. */
export interface WorkspaceKeys {
  /** Sorted set: names of the streams. */
  readonly streams: string
  /** Hash: number and subject of each replica, and the last number given. */
  readonly replicas: string
  /** String: the replicas in the order of their numbers, 16 bytes each. */
  readonly numbers: string
}

/** Names the keys of a store. All carry one hash tag: a cluster keeps the store in one slot, where scripts may reach all of it. */
export class StoreKeys {
  /** Hash: which life the store is in, and on which run of the server. */
  readonly meta: string
  /** Sorted set: names of the workspaces. */
  readonly workspaces: string
  private readonly tag: string

  /** @throws FlowSyncError `config/invalid` for a prefix that would break the hash tag */
  constructor(prefix: string) {
    if (!/^[^{}]+$/.test(prefix)) {
      throw createError('config/invalid', 'The option "keyPrefix" must not be empty or hold braces.')
    }
    this.tag = `{${prefix}}`
    this.meta = `${this.tag}:meta`
    this.workspaces = `${this.tag}:workspaces`
  }

  /** A workspace's name holds no slash, so no two streams share a key. */
  stream({ workspace, stream }: StreamKey): StreamKeys {
    const name = `${workspace}/${stream}`
    return {
      head: `${this.tag}:head:${name}`,
      log: `${this.tag}:log:${name}`,
      segments: `${this.tag}:segments:${name}`,
      marks: `${this.tag}:marks:${name}`,
      places: `${this.tag}:places:${name}`,
      snapshots: `${this.tag}:snapshots:${name}`,
    }
  }

  workspace(workspace: string): WorkspaceKeys {
    return {
      streams: `${this.tag}:streams:${workspace}`,
      replicas: `${this.tag}:replicas:${workspace}`,
      numbers: `${this.tag}:numbers:${workspace}`,
    }
  }
}
