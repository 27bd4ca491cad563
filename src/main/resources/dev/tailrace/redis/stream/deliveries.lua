-- How often entries were delivered.
-- KEYS[1] the stream; ARGV[1] the group, then the ids
-- Answers per id: the count, 0 where the entry is not pending.
local counts = {}
for i = 2, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  counts[i - 1] = pending[1] and pending[1][4] or 0
end
return counts
