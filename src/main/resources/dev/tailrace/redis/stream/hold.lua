-- Renews pending entries, so that they do not look abandoned; only where they are ours.
-- KEYS[1] the stream; ARGV[1] the group, ARGV[2] the consumer, then the ids
-- Answers {ids that another consumer has or has finished, ids that the stream has lost}.
local mine, stolen, gone = {}, {}, {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and pending[2] == ARGV[2] then
    mine[#mine + 1] = id
  elseif pending or #redis.call('XRANGE', KEYS[1], id, id) > 0 then
    stolen[#stolen + 1] = id
  else
    gone[#gone + 1] = id
  end
end
if #mine > 0 then
  local command = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0}
  for _, id in ipairs(mine) do
    command[#command + 1] = id
  end
  command[#command + 1] = 'JUSTID'
  local held = {}
  for _, id in ipairs(redis.call(unpack(command))) do
    held[id] = true
  end
  for _, id in ipairs(mine) do
    if not held[id] then
      gone[#gone + 1] = id
    end
  end
end
return {stolen, gone}
