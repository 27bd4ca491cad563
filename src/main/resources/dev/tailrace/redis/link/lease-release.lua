-- Gives a lease back, only where it is ours; its number stays.
-- KEYS[1] the lease; ARGV[1] the holder
-- Answers how many were given back.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
