import { writingScript, readingScript } from './script.js'

/** KEYS: meta, head, streams, workspaces. ARGV: life, rule, version, epoch, stream, workspace. Answer: the head. */
export const openStream = writingScript(`
local found = headOf(KEYS[2])
if found then return found end
redis.call('HSET', KEYS[2], 'rule', ARGV[2], 'version', ARGV[3], 'epoch', ARGV[4], 'life', life,
  'head', '0', 'floor', '0', 'truncated', '0')
redis.call('ZADD', KEYS[3], 0, ARGV[5])
redis.call('ZADD', KEYS[4], 0, ARGV[6])
return headOf(KEYS[2])
`)

/** KEYS: meta, heads of streams. Answer: the heads, nil for streams that do not exist. */
export const findHeads = readingScript(`
local heads = {}
for i = 2, #KEYS do heads[i - 1] = headOf(KEYS[i]) end
return heads
`)

/** KEYS: meta, head. ARGV: life, former epoch, new epoch. Answer: the head. */
export const renewEpoch = writingScript(`
local found = headOf(KEYS[2])
if not found or found[3] ~= ARGV[2] then return found end
redis.call('HSET', KEYS[2], 'epoch', ARGV[3], 'life', life)
return headOf(KEYS[2])
`)

/**
 * Stores a segment and drops the rows that it covers. A row that reaches above the new floor stays whole.
 *
 * KEYS: meta, head, log, segments. ARGV: life, epoch, floor, new floor, id of the segment, its bytes. Answer: the head.
 */
export const raiseFloor = writingScript(`
local found = headOf(KEYS[2])
if not found or found[3] ~= ARGV[2] or found[5] ~= ARGV[3] then return found end
redis.call('XADD', KEYS[4], ARGV[5], 'l', ARGV[4], 'b', ARGV[6])
if ARGV[4] == found[4] then
  redis.call('XTRIM', KEYS[3], 'MAXLEN', 0)
else
  local across = redis.call('XREVRANGE', KEYS[3], text(tonumber(ARGV[4]) + 1), '-', 'COUNT', 1)
  if across[1] then redis.call('XTRIM', KEYS[3], 'MINID', across[1][1]) end
end
redis.call('HSET', KEYS[2], 'floor', ARGV[4])
return headOf(KEYS[2])
`)

/**
 * KEYS: meta, head, log, segments, marks, places, snapshots. ARGV: life, epoch, head, new epoch. Answer: the head.
 * A place is the next counter, the seq of the latest mark, ops since, and the counter up to which it is truncated.
 */
export const truncate = writingScript(`
local found = headOf(KEYS[2])
if not found or found[3] ~= ARGV[2] or found[4] ~= ARGV[3] then return found end
if redis.call('HEXISTS', KEYS[7], ARGV[3]) == 0 then return found end
local places = redis.call('HGETALL', KEYS[6])
for i = 1, #places, 2 do
  local next = string.match(places[i + 1], '^%d+')
  redis.call('HSET', KEYS[6], places[i], next .. ' 0 0 ' .. next)
end
for _, seq in ipairs(redis.call('HKEYS', KEYS[7])) do
  if tonumber(seq) < tonumber(ARGV[3]) then redis.call('HDEL', KEYS[7], seq) end
end
redis.call('HSET', KEYS[2], 'epoch', ARGV[4], 'life', life, 'floor', ARGV[3], 'truncated', ARGV[3])
redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5])
return headOf(KEYS[2])
`)

/**
 * Stores a part of an exported stream if it stands where the author assumed: '' for a stream that is not there yet.
 *
 * KEYS: meta, head, log, segments, marks, places, snapshots, replicas, numbers, streams, workspaces.
 * ARGV: life, assumed head, epoch, rule, version, floor, truncated, new head, stream, workspace, then the counts of and the
 * arguments of bindings (replica, number, subject), rows (id, bytes), segments (id, last, bytes), places (number, value),
 * marks (0, member), snapshots (seq, state). Answer: 1, or 0 when nothing was stored.
 */
export const restore = writingScript(`
local found = headOf(KEYS[2])
if found and (found[4] ~= ARGV[2] or found[3] ~= ARGV[3]) or not found and ARGV[2] ~= '' then return 0 end
local lists, at = {}, 11
for list, width in ipairs({ 3, 2, 3, 2, 2, 2 }) do
  local from = at + 1
  at = from + width * tonumber(ARGV[at])
  lists[list] = { from, at - 1 }
end
local bindings, rows, segments, places, marks, snapshots = unpack(lists)
for i = bindings[1], bindings[2], 3 do
  local bound = redis.call('HGET', KEYS[8], ARGV[i])
  if bound and string.match(bound, '^%d+') ~= ARGV[i + 1] then return 0 end
end
for i = bindings[1], bindings[2], 3 do
  if redis.call('HSETNX', KEYS[8], ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2]) == 1 then
    redis.call('SETRANGE', KEYS[9], (tonumber(ARGV[i + 1]) - 1) * 16, ARGV[i])
  end
end
for i = rows[1], rows[2], 2 do redis.call('XADD', KEYS[3], ARGV[i], 'o', ARGV[i + 1]) end
for i = segments[1], segments[2], 3 do redis.call('XADD', KEYS[4], ARGV[i], 'l', ARGV[i + 1], 'b', ARGV[i + 2]) end
putPairs('HSET', KEYS[6], places[1], places[2])
putPairs('ZADD', KEYS[5], marks[1], marks[2])
putPairs('HSET', KEYS[7], snapshots[1], snapshots[2])
if not found then
  redis.call('HSET', KEYS[2], 'rule', ARGV[4], 'version', ARGV[5], 'epoch', ARGV[3], 'life', life,
    'floor', ARGV[6], 'truncated', ARGV[7])
  redis.call('ZADD', KEYS[10], 0, ARGV[9])
  redis.call('ZADD', KEYS[11], 0, ARGV[10])
end
redis.call('HSET', KEYS[2], 'head', ARGV[8])
return 1
`)
