-- Says that a member of a sharded group lives, and lists all that do; one whose count of shards is
-- another than that of the stream is not among them.
-- KEYS[1] the members by when they are given up, KEYS[2] the count of shards; ARGV[1] the member,
-- ARGV[2] how long it lives without saying so again in ms, 0 where it leaves, ARGV[3] its count
-- Answers {the count of shards, member, ...}.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local life = tonumber(ARGV[2])

redis.call('SET', KEYS[2], ARGV[3], 'NX')
local count = redis.call('GET', KEYS[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if life > 0 and count == ARGV[3] then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + life), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
local answer = {count}
for i, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  answer[i + 1] = member
end
return answer
