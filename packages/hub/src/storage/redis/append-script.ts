import { writingScript } from './script.js'

/** What became of a stream's part of an append. */
export const APPENDED = 1
/** The stream is not as assumed; nothing of the part was stored. */
const MOVED = 0
/** It is another driver's turn for a moment; nothing of the part was stored. */
export const BLOCKED = 2

/**
 * Compares and appends: each part is stored if its stream stands where its author assumed, or else nothing of it.
 * A replica that the part binds must be unbound, or bound just so.
 *
 * Who fails repeatedly is given a turn: for its length, or until he has appended, others are blocked. Without it
 * one driver that appends without a pause could keep the others from ever being fast enough.
 *
 * KEYS: meta, then per part head, log, places, marks, replicas, numbers. ARGV: life, driver, length of a turn in ms, number
 * of parts; then per part: how many arguments follow with this one, epoch, head, truncated, whether a turn is wanted,
 * bindings (count, then replica, number, subject each), the new head, rows (count, then id, bytes each), places (count,
 * then number, value each), marks (count, then 0, member each).
 */
export const append = writingScript(`
local now = false
local function clock()
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return now
end
local answers = {}
local at = 5
for part = 1, tonumber(ARGV[4]) do
  local k = 6 * part - 4
  local stop = at + tonumber(ARGV[at])
  local head, bindings = ARGV[at + 2], tonumber(ARGV[at + 5])
  local first = at + 6
  local rest = first + 3 * bindings
  local h = redis.call('HMGET', KEYS[k], 'epoch', 'life', 'head', 'truncated', 'turn')
  local owner, ends = false, false
  if h[5] then owner, ends = string.match(h[5], '^(%S+) (%d+)$') end
  local left = owner and owner ~= ARGV[2] and tonumber(ends) - clock() or 0
  -- More than a turn is left of none: the clock was set back.
  local isBlocked = left > 0 and left <= tonumber(ARGV[3])
  local isMoved = not h[1] or h[3] ~= head or h[4] ~= ARGV[at + 3] or epochOf(h[1], h[2]) ~= ARGV[at + 1]
  if not isBlocked and not isMoved then
    for i = first, rest - 1, 3 do
      local bound = redis.call('HGET', KEYS[k + 4], ARGV[i])
      if bound and bound ~= ARGV[i + 1] .. ':' .. ARGV[i + 2] then isMoved = true end
    end
  end
  if isBlocked then
    answers[part] = ${BLOCKED}
  elseif isMoved then
    answers[part] = ${MOVED}
    if h[1] and ARGV[at + 4] == '1' then
      redis.call('HSET', KEYS[k], 'turn', ARGV[2] .. ' ' .. text(clock() + tonumber(ARGV[3])))
    end
  else
    for i = first, rest - 1, 3 do
      redis.call('HSET', KEYS[k + 4], ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2])
      redis.call('SETRANGE', KEYS[k + 5], (tonumber(ARGV[i + 1]) - 1) * 16, ARGV[i])
    end
    local rows = rest + 2
    local places = rows + 2 * tonumber(ARGV[rest + 1]) + 1
    local marks = places + 2 * tonumber(ARGV[places - 1]) + 1
    for i = rows, places - 2, 2 do redis.call('XADD', KEYS[k + 1], ARGV[i], 'o', ARGV[i + 1]) end
    putPairs('HSET', KEYS[k + 2], places, marks - 2)
    putPairs('ZADD', KEYS[k + 3], marks, stop - 1)
    if ARGV[rest] ~= head then redis.call('HSET', KEYS[k], 'head', ARGV[rest]) end
    if owner then redis.call('HDEL', KEYS[k], 'turn') end
    answers[part] = ${APPENDED}
  end
  at = stop
end
return answers
`)
