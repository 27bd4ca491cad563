-- Takes entries of a shard that are pending, for whom ever, in the order of their ids; after the
-- last of them the consumers are deleted that have none left.
-- ARGV[4] where to begin, ARGV[5] the most entries
-- Answers {ENDED}; or {DONE, {{id, fields or nil where it was deleted, deliveries}, ...},
-- the id that the group has delivered last}.
local taken = {}
for _, pending in ipairs(
    redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[4], '+', ARGV[5])) do
  local id, owner, deliveries = pending[1], pending[2], pending[4]
  if owner ~= ARGV[2] then
    deliveries = deliveries + 1
  end
  local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id,
    'RETRYCOUNT', deliveries)[1]
  taken[#taken + 1] = {id, entry and entry[2] or false, deliveries}
end
if #taken < tonumber(ARGV[5]) then
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local name = value(consumer, 'name')
    if name ~= ARGV[2] and value(consumer, 'pending') == 0 then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
    end
  end
end
return {DONE, taken, delivered}
