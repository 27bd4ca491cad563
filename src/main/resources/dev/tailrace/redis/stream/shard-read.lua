-- Reads new entries of a shard.
-- ARGV[4] the id that the group was last known to have delivered, ARGV[5] the most entries
-- Answers {ENDED}; {BEHIND} where another read came in between, the answer of which was lost; or
-- {DONE, entries}.
if delivered ~= ARGV[4] then
  return {BEHIND}
end
local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[5],
  'STREAMS', KEYS[1], '>')
return {DONE, read and read[1] and read[1][2] or {}}
