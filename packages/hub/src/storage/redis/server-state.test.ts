import { describe, expect, it } from 'vitest'
import {
  checkServer,
  parseServerState,
  type ServerState,
  syncsEveryWrite,
  warningsOf,
} from './server-state.js'

const synced: ServerState = {
  runId: 'run/replication',
  version: '7.0.15',
  isReplica: false,
  hasReplicas: false,
  appendOnly: true,
  appendFsync: 'always',
  evictionPolicy: 'noeviction',
}

describe('the state of a redis server', () => {
  it('is read from INFO', () => {
    const lines = [
      '# Server',
      'redis_version:7.0.15',
      'run_id:run',
      'maxmemory_policy:noeviction',
      'aof_enabled:1',
      'role:master',
      'connected_slaves:0',
      'master_replid:replication',
      `master_replid2:${'0'.repeat(40)}`,
    ]
    expect(parseServerState(lines.join('\r\n'), 'always')).toEqual(synced)
  })

  it('knows nothing of a server that tells nothing', () => {
    expect(parseServerState('', undefined)).toEqual({
      runId: '',
      version: '',
      isReplica: false,
      hasReplicas: false,
      appendOnly: false,
      appendFsync: undefined,
      evictionPolicy: undefined,
    })
  })

  it.each(['connected_slaves:1', `master_replid2:${'0a'.repeat(20)}`])('sees replicas in %s', (line) => {
    expect(parseServerState(line, undefined).hasReplicas).toBe(true)
  })

  it('syncs every write only with both settings', () => {
    expect(syncsEveryWrite(synced)).toBe(true)
    expect(syncsEveryWrite({ ...synced, appendOnly: false })).toBe(false)
    expect(syncsEveryWrite({ ...synced, appendFsync: 'everysec' })).toBe(false)
    expect(syncsEveryWrite({ ...synced, appendFsync: undefined })).toBe(false)
  })

  it.each([
    [{ version: '6.2.14' }, false, 'config/invalid'],
    [{ isReplica: true }, false, 'storage/read-only'],
    [{ evictionPolicy: 'allkeys-lru' }, false, 'config/invalid'],
    [{ evictionPolicy: 'allkeys-random' }, false, 'config/invalid'],
    [{ appendFsync: 'everysec' }, true, 'config/invalid'],
    [{ appendFsync: undefined }, true, 'config/invalid'],
  ])('is refused with %o when syncing is required: %s', (differences, requireFsync, code) => {
    expect(() => checkServer({ ...synced, ...differences }, requireFsync)).toThrow(
      expect.objectContaining({ code }) as Error,
    )
  })

  it.each([
    {},
    { version: '8.2.1' },
    { version: '' },
    { evictionPolicy: 'volatile-lru' },
    { evictionPolicy: undefined },
    { appendFsync: 'no' },
  ])('is taken with %o', (differences) => {
    expect(() => checkServer({ ...synced, ...differences }, false)).not.toThrow()
  })

  it.each([
    [{}, []],
    [{ appendOnly: false }, ['append-only']],
    [{ appendFsync: undefined }, ['does not tell its appendfsync']],
    [{ appendFsync: 'everysec' }, ['everysec']],
    [{ runId: '' }, ['run id']],
  ])('warns with %o', (differences, words) => {
    expect(warningsOf({ ...synced, ...differences })).toEqual(
      words.map((word) => expect.stringContaining(word) as string),
    )
  })
})
