import { createHash } from 'node:crypto'

/** A Lua script, and the name under which Redis keeps it. */
export interface Script {
  readonly text: string
  readonly sha: string
}

/**
 * What every script begins with: it refuses callers that believe in another life of the store, and knows
 * how a stream's epoch follows from the one it was given. A new life renews the epochs of all streams at once,
 * without touching any: the epoch of a stream that was given its own in another life is derived from both.
 */
const PRELUDE = `
local life = redis.call('HGET', KEYS[1], 'life')
if life ~= ARGV[1] then return redis.error_reply('LIFE the store began another life') end
local function text(number) return string.format('%.0f', number) end
local function epochOf(epoch, born)
  if born == life then return epoch end
  return string.sub(redis.sha1hex(epoch .. ':' .. life), 1, 16)
end
local function headOf(key)
  local h = redis.call('HMGET', key, 'rule', 'version', 'epoch', 'life', 'head', 'floor', 'truncated')
  if not h[3] then return false end
  return { h[1], h[2], epochOf(h[3], h[4]), h[5], h[6], h[7] }
end
local function putPairs(command, key, from, to)
  for i = from, to, 1000 do redis.call(command, key, unpack(ARGV, i, math.min(i + 999, to))) end
end
`

/**
 * A script on the store: `KEYS[1]` is its meta key and `ARGV[1]` the life that the caller believes in. Redis refuses it as a
 * whole where it may not write: on a replica, and when memory or disk are full.
 */
export function writingScript(body: string): Script {
  return plainScript(`#!lua\n${PRELUDE}${body}`)
}

/** The same for a script that writes nothing, which Redis runs then too. */
export function readingScript(body: string): Script {
  return plainScript(`#!lua flags=no-writes\n${PRELUDE}${body}`)
}

/** A script as it stands. */
export function plainScript(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
