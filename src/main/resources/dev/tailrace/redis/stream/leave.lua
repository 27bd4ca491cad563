-- Deletes a consumer, unless something is pending for it: that would be lost.
-- KEYS[1] the stream; ARGV[1] the group, ARGV[2] the consumer
-- Answers 1 where it is gone, else 0.
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then
  return 0
end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
