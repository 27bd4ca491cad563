-- Takes a lease that nobody holds; a holder that asks again is answered as before.
-- KEYS[1] the lease, KEYS[2] the number of its last grant; ARGV[1] the holder, ARGV[2] how long it
-- holds, ARGV[3] how long the number is remembered, in ms
-- Answers {the fencing number, ''} where the lease is ours, else {0, its holder}.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return {0, holder}
end
local fence = tonumber(redis.call('GET', KEYS[2]) or 0)
if not holder or fence == 0 then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  fence = math.max(fence + 1, now)
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], string.format('%.0f', fence), 'PX', ARGV[3])
return {fence, ''}
