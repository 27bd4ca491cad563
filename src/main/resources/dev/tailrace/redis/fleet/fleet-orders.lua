-- Orders to one member of a fleet, in the order in which they were given.
-- KEYS[1] until when each member counts, KEYS[2] its orders, KEYS[3] the lease of whoever leads;
-- ARGV[1] give, take or done, ARGV[2] the member, ARGV[3] the order, ARGV[4] for how long it is
-- good, in ms, ARGV[5] who leads, or '' where that does not matter, ARGV[6] how many may wait
-- Answers, to give: given, gone (nobody of that name is there) or led (another leads);
-- to take: each order, behind how long it is still good, in ms.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[1] == 'give' then
  if ARGV[5] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[5] then
    return {'led'}
  end
  local til = redis.call('ZSCORE', KEYS[1], ARGV[2])
  if not til or tonumber(til) <= now then
    return {'gone'}
  end
  local good = now + tonumber(ARGV[4])
  redis.call('RPUSH', KEYS[2], string.format('%.0f %s', good, ARGV[3]))
  redis.call('LTRIM', KEYS[2], -tonumber(ARGV[6]), -1)
  redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[4]) + 60000)
  return {'given'}
end
local answer = {}
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  local good, order = string.match(entry, '^(%d+) (.*)$')
  if ARGV[1] == 'done' and order == ARGV[3] then
    redis.call('LREM', KEYS[2], 1, entry)
  elseif ARGV[1] == 'take' then
    answer[#answer + 1] = string.format('%.0f', tonumber(good) - now)
    answer[#answer + 1] = order
  end
end
return answer
