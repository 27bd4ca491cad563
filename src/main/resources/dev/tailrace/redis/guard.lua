-- Takes or renews the lease on a consumer's name.
-- KEYS[1] the lease; ARGV[1] the holder, ARGV[2] how long it holds, in ms
-- Answers '' where the lease is ours, else its holder.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return holder
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ''
