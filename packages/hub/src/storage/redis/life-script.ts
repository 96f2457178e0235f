import { plainScript } from './script.js'

/** Of the keys and their values; another one is not read. */
export const LAYOUT = '1'

/**
 * Finds out which life the store is in. It begins a new one when it is empty, and when the server was
 * started anew since it was last written to and may have lost the end.
 *
 * KEYS: meta. ARGV: layout, run id of the server, whether it syncs every write before the answer, whether it has
 * replicas, the name of a new life. Answer: the life, what became of it, the layout.
 */
export const beginLife = plainScript(`
local found = redis.call('HMGET', KEYS[1], 'layout', 'life', 'run', 'isSynced', 'hadReplicas')
local layout, run, isSynced, hasReplicas, fresh = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if not found[2] then
  redis.call('HSET', KEYS[1], 'layout', layout, 'life', fresh, 'run', run, 'isSynced', isSynced, 'hadReplicas', hasReplicas)
  return { fresh, 'new', layout }
end
if found[1] ~= layout then return { found[2], 'foreign', found[1] or '' } end
local hadReplicas = found[5] == '1' and '1' or hasReplicas
if found[3] == run then
  if found[4] ~= isSynced or found[5] ~= hadReplicas then
    redis.call('HSET', KEYS[1], 'isSynced', isSynced, 'hadReplicas', hadReplicas)
  end
  return { found[2], 'same', layout }
end
local isWhole = found[4] == '1' and isSynced == '1' and hadReplicas ~= '1'
local life = isWhole and found[2] or fresh
redis.call('HSET', KEYS[1], 'life', life, 'run', run, 'isSynced', isSynced, 'hadReplicas', hasReplicas)
return { life, isWhole and 'kept' or 'renewed', layout }
`)

/** Begins a new life unless somebody has done so. KEYS: meta. ARGV: the former life, the name of a new one. Answer: the life. */
export const leaveLife = plainScript(`
if redis.call('HGET', KEYS[1], 'life') == ARGV[1] then redis.call('HSET', KEYS[1], 'life', ARGV[2]) end
return redis.call('HGET', KEYS[1], 'life')
`)
