import { writingScript, readingScript } from './script.js'

/**
 * What a batch can ask for. A replica that is bound to nobody is given a number, should it be asked for as an author; another
 * one, or a refused batch, leaves a gap in the numbers and nothing else.
 *
 * KEYS: meta, then per stream head, places, replicas. ARGV: life, number of streams, then per stream: number of authors, number of
 * others, their ids. Answer, per stream: nil, or the head and then number, subject and place of each replica.
 */
export const load = writingScript(`
local answers = {}
local at = 3
for stream = 1, tonumber(ARGV[2]) do
  local k = 3 * stream - 1
  local authors, others = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local answer = headOf(KEYS[k])
  if answer then
    answer = { answer }
    for i = 1, authors + others do
      local replica = ARGV[at + 1 + i]
      local bound = redis.call('HGET', KEYS[k + 2], replica)
      local number, subject, place = false, false, false
      if bound then
        number, subject = string.match(bound, '^(%d+):(.*)$')
        place = redis.call('HGET', KEYS[k + 1], number)
      elseif i <= authors then
        number = text(redis.call('HINCRBY', KEYS[k + 2], '#', 1))
      end
      answer[3 * i - 1] = number
      answer[3 * i] = subject
      answer[3 * i + 1] = place
    end
  end
  answers[stream] = answer
  at = at + 2 + authors + others
end
return answers
`)

/**
 * A bounded part of the log: below the floor one segment, above it rows.
 *
 * KEYS: meta, head, log, segments. ARGV: life, after, through ('' for the head), bytes. Answer: nil, or the head, and id and bytes of
 * each row, or id, last seq and bytes of the segment after 'segment'.
 */
export const readLog = readingScript(`
local found = headOf(KEYS[2])
if not found then return false end
local after = tonumber(ARGV[2])
local through = math.min(tonumber(ARGV[3]) or tonumber(found[4]), tonumber(found[4]))
local answer = { found, 'rows' }
if after >= through or after < tonumber(found[6]) then return answer end
local key = after < tonumber(found[5]) and KEYS[4] or KEYS[3]
local entry = redis.call('XREVRANGE', key, text(after + 1), '-', 'COUNT', 1)[1]
if not entry then return answer end
if key == KEYS[4] then return { found, 'segment', entry[1], entry[2][2], entry[2][4] } end
local from, bytes, limit = entry[1], 0, tonumber(ARGV[4])
while true do
  local page = redis.call('XRANGE', key, from, '+', 'COUNT', 32)
  for _, row in ipairs(page) do
    if bytes >= limit or tonumber(string.match(row[1], '^%d+')) > through then return answer end
    answer[#answer + 1] = row[1]
    answer[#answer + 1] = row[2][2]
    bytes = bytes + #row[2][2]
    from = '(' .. row[1]
  end
  if #page < 32 then return answer end
end
`)

/** KEYS: meta, marks. ARGV: life, the greatest and the least member to find. Answer: at most one member, the greatest. */
export const findMark = readingScript(`
return redis.call('ZREVRANGEBYLEX', KEYS[2], ARGV[2], ARGV[3], 'LIMIT', 0, 1)
`)

/** KEYS: meta, numbers. ARGV: life, numbers of replicas. Answer: their ids, shorter than 16 bytes when there is none. */
export const findNames = readingScript(`
local names = {}
for i = 2, #ARGV do
  local from = (tonumber(ARGV[i]) - 1) * 16
  names[i - 1] = redis.call('GETRANGE', KEYS[2], from, from + 15)
end
return names
`)

/** KEYS: meta, replicas. ARGV: life, ids of replicas. Answer: number and subject of each, or nil. */
export const findBindings = readingScript(`
local bindings = {}
for i = 2, #ARGV do bindings[i - 1] = redis.call('HGET', KEYS[2], ARGV[i]) end
return bindings
`)

/** As `findBindings`; those that are bound to nobody get a number, after which stands nothing but a colon. */
export const reserveNumbers = writingScript(`
local bindings = {}
for i = 2, #ARGV do
  bindings[i - 1] = redis.call('HGET', KEYS[2], ARGV[i]) or text(redis.call('HINCRBY', KEYS[2], '#', 1)) .. ':'
end
return bindings
`)

/** KEYS: meta, head, places. Answer: nil for an unknown stream, or number and place of each replica in turn. */
export const listPlaces = readingScript(`
if not headOf(KEYS[2]) then return false end
return redis.call('HGETALL', KEYS[3])
`)

/** KEYS: meta, names. ARGV: life, least name as ZRANGEBYLEX takes it, limit. Answer: names in order. */
export const listNames = readingScript(`
return redis.call('ZRANGEBYLEX', KEYS[2], ARGV[2], '+', 'LIMIT', 0, ARGV[3])
`)

/** KEYS: meta, head, snapshots. Answer: nil for an unknown stream, or the head and the seqs of the snapshots. */
export const listSnapshots = readingScript(`
local found = headOf(KEYS[2])
return found and { found, redis.call('HKEYS', KEYS[3]) }
`)

/** KEYS: meta, head, snapshots. ARGV: life, epoch, seq, state, seqs to drop. Answer: 1, or 0 when it was ignored. */
export const putSnapshot = writingScript(`
local found = headOf(KEYS[2])
local seq = tonumber(ARGV[3])
if not found or found[3] ~= ARGV[2] or seq > tonumber(found[4]) or seq < tonumber(found[6]) then return 0 end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
for i = 5, #ARGV do redis.call('HDEL', KEYS[3], ARGV[i]) end
return 1
`)

/** KEYS: meta, head, snapshots. ARGV: life, the highest seq or ''. Answer: nil, or epoch, seq and state. */
export const findSnapshot = readingScript(`
local found = headOf(KEYS[2])
if not found then return false end
local limit, best = tonumber(ARGV[2]), -1
for _, seq in ipairs(redis.call('HKEYS', KEYS[3])) do
  local number = tonumber(seq)
  if number > best and (not limit or number <= limit) then best = number end
end
if best < 0 then return false end
return { found[3], text(best), redis.call('HGET', KEYS[3], text(best)) }
`)
