import { createError } from '@flowsync/protocol'

/** How a Redis server keeps what it is told. */
export interface ServerState {
  /** Changes whenever the server is started or takes over another's data. '' when it does not tell. */
  readonly runId: string
  /** Such as 7.0.15; that of the Redis which it is compatible with. */
  readonly version: string
  readonly isReplica: boolean
  /** Another server may take over, or has done so: this one then lacks what had not reached it. */
  readonly hasReplicas: boolean
  /** Whether it writes its append-only file. */
  readonly appendOnly: boolean
  /** `always`, `everysec`, `no`, or undefined when the server does not tell. */
  readonly appendFsync: string | undefined
  readonly evictionPolicy: string | undefined
}

/** The first whose scripts say whether they write. */
const MIN_VERSION = 7
const NO_REPLICATION_ID = /^0*$/

/** Reads what `INFO` and `CONFIG GET appendfsync` answered. */
export function parseServerState(info: string, appendFsync: string | undefined): ServerState {
  const fields = new Map(
    info.split(/\r?\n/).map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
  return {
    runId: runIdOf(fields.get('run_id'), fields.get('master_replid')),
    version: fields.get('redis_version') ?? '',
    isReplica: fields.get('role') === 'slave',
    // A promoted replica remembers the replication id of the primary that it replaced.
    hasReplicas:
      Number(fields.get('connected_slaves') ?? 0) > 0 ||
      !NO_REPLICATION_ID.test(fields.get('master_replid2') ?? ''),
    appendOnly: fields.get('aof_enabled') === '1',
    appendFsync,
    evictionPolicy: fields.get('maxmemory_policy'),
  }
}

/** A primary that was made a replica and promoted again is the same run, with what its primary had: the replication id tells. */
function runIdOf(run: string | undefined, replication = ''): string {
  return run === undefined ? '' : `${run}/${replication}`
}

/** Whether the server syncs every write to its disk before it answers. */
export function syncsEveryWrite({ appendOnly, appendFsync }: ServerState): boolean {
  return appendOnly && appendFsync === 'always'
}

/** @throws FlowSyncError when a log must not be kept on such a server */
export function checkServer(state: ServerState, requireFsync: boolean): void {
  const { version, isReplica, evictionPolicy } = state
  if (Number.parseInt(version, 10) < MIN_VERSION) {
    throw createError(
      'config/invalid',
      `The Redis server is version ${version}; FlowSync needs ${MIN_VERSION} or newer.`,
    )
  }
  if (isReplica) {
    throw createError('storage/read-only', 'The Redis server is a replica. Give the address of the primary.')
  }
  // The volatile policies only evict keys that expire, and FlowSync's do not.
  if (evictionPolicy?.startsWith('allkeys')) {
    throw createError(
      'config/invalid',
      `The Redis server would throw parts of the log away: its maxmemory-policy is ${evictionPolicy}. Set it to noeviction.`,
    )
  }
  if (requireFsync && !syncsEveryWrite(state)) {
    throw createError(
      'config/invalid',
      'The Redis server does not sync every write, and requireFsync is set. Set appendonly to yes and appendfsync to always.',
    )
  }
}

/** What whoever runs the hub should know of the server. */
export function warningsOf(state: ServerState): readonly string[] {
  const warnings: string[] = []
  if (!state.appendOnly) {
    warnings.push(
      'Redis keeps no append-only file: when it ends, ops are lost that were acknowledged. Set appendonly to yes and appendfsync to always.',
    )
  } else if (state.appendFsync === undefined) {
    warnings.push(
      'Redis does not tell its appendfsync. Unless it is always, acknowledged ops of the last seconds are lost when the server ends.',
    )
  } else if (state.appendFsync !== 'always') {
    warnings.push(
      `Redis syncs with appendfsync ${state.appendFsync}: when its machine ends, acknowledged ops of the last seconds are lost. Set it to always.`,
    )
  }
  if (state.runId === '') {
    warnings.push('Redis does not tell its run id: it stays unnoticed when it loses its end.')
  }
  return warnings
}
