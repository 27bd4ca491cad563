-- Puts a pending entry off: it waits until it is due and is acknowledged, in one step.
-- KEYS[1] its stream, KEYS[2] what waits, by the time when it is due, KEYS[3] the messages of those
-- ARGV[1] the group, ARGV[2] the entry's id, ARGV[3] its name among what waits, ARGV[4] the wait in
-- ms, ARGV[5] '1' where its stream is not to keep it, then names and values of the message's fields
-- Answers 1; 0 where it is pending no more: it was put off before, or another has finished it; -1
-- where its stream has lost it.

-- Whether one entry id is lower than another; each half may be as high as an unsigned 64 bit number.
local function lower(one, other)
  local ms, seq = string.match(one, '(%d+)-(%d+)')
  local otherMs, otherSeq = string.match(other, '(%d+)-(%d+)')
  if ms ~= otherMs then
    return #ms < #otherMs or (#ms == #otherMs and ms < otherMs)
  end
  return #seq < #otherSeq or (#seq == #otherSeq and seq < otherSeq)
end

local id = ARGV[2]
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], id, id, 1)
if pending.err or #pending == 0 then
  if #redis.call('XRANGE', KEYS[1], id, id) == 0 then
    return ARGV[5] == '1' and 0 or -1
  end
  if pending.err then
    return pending
  end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local facts = {}
    for i = 1, #group, 2 do
      facts[group[i]] = group[i + 1]
    end
    if facts['name'] == ARGV[1] and lower(facts['last-delivered-id'], id) then
      return redis.error_reply('NOGROUP the group was made anew and has not come to ' .. id)
    end
  end
  return 0
end
local fields = {}
for i = 6, #ARGV do
  fields[i - 5] = ARGV[i]
end
local time = redis.call('TIME')
local due = time[1] * 1000 + math.ceil(time[2] / 1000) + ARGV[4]
redis.call('HSET', KEYS[3], ARGV[3], cmsgpack.pack(fields))
redis.call('ZADD', KEYS[2], due, ARGV[3])
redis.call('XACK', KEYS[1], ARGV[1], id)
if ARGV[5] == '1' then
  redis.call('XDEL', KEYS[1], id)
end
return 1
