-- Keeps the list of a fleet: who is in it, and until when unless it says so again.
-- KEYS[1] what each says of itself, KEYS[2] until when it counts, KEYS[3] what this one says when it
-- leaves; ARGV[1] keep, leave or list, ARGV[2] the member, ARGV[3] what it says, ARGV[4] for how
-- long, ARGV[5] how long the list is remembered when nobody touches it, in ms
-- Answers what all say that count now.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[1] == 'keep' then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[2])
elseif ARGV[1] == 'leave' then
  redis.call('HDEL', KEYS[1], ARGV[2])
  redis.call('ZREM', KEYS[2], ARGV[2])
  if ARGV[3] ~= '' then
    redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
  end
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))) do
  redis.call('HDEL', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return redis.call('HVALS', KEYS[1])
