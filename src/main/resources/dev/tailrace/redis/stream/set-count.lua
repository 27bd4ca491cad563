-- Sets the number that the group keeps beside a pending entry; only where it is ours.
-- KEYS[1] the stream; ARGV[1] the group, ARGV[2] the consumer, ARGV[3] the id, ARGV[4] the number
-- Answers 1 where it is set, else 0.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then
  return 0
end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'RETRYCOUNT', ARGV[4], 'JUSTID')
return 1
