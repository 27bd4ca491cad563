-- Prolongs a lease, only where it is ours; needs no memory, so that a full server can do it.
-- KEYS[1] the lease, KEYS[2] the number of its last grant; ARGV[1] the holder, ARGV[2] how long it
-- holds, ARGV[3] how long the number is remembered, in ms
-- Answers the holder, '' where there is none.
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return holder or ''
