import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { redisError } from './redis-error.js'

describe('an error of redis', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'storage/full'],
    ["READONLY You can't write against a read only replica.", 'storage/read-only'],
    ['MISCONF Errors writing to the AOF file: No space left on device', 'storage/full'],
    ['MISCONF Redis is configured to save RDB snapshots, but it cannot', 'storage/read-only'],
    ['LOADING Redis is loading the dataset in memory', 'storage/unavailable'],
    ['BUSY Redis is busy running a script.', 'storage/unavailable'],
    ['NOREPLICAS Not enough good replicas to write.', 'storage/unavailable'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'storage/corrupt'],
    ['ERR The ID specified in XADD is equal or smaller than the target stream ID', 'storage/corrupt'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'config/invalid'],
    ['NOAUTH Authentication required.', 'config/invalid'],
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'config/invalid'],
    ['MOVED 3999 127.0.0.1:6381', 'config/invalid'],
    ["ERR unknown command 'EVALSHA'", 'config/invalid'],
    ['Socket closed unexpectedly', 'storage/unavailable'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'storage/unavailable'],
  ])('%s is %s', (message, code) => {
    const error = redisError(new Error(message), 'example:6379')
    expect(error).toMatchObject({ code })
    expect(error.message).toContain('example:6379')
  })

  it('is left as it is when it is one of FlowSync', () => {
    const error = createError('stream/unknown', 'There is none.')
    expect(redisError(error, '')).toBe(error)
  })
})
