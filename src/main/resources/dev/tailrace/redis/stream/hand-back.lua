-- Makes pending entries look abandoned, so that any consumer takes them at once, and tells the others
-- of the group; only where they are ours.
-- KEYS[1] the stream, KEYS[2] where others look; ARGV[1] the group, ARGV[2] the consumer, ARGV[3] the idle time in ms, then
-- per entry: id, how often it counts as delivered
-- Answers how many were given back.
local given = 0
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and pending[2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id,
      'IDLE', ARGV[3], 'RETRYCOUNT', ARGV[i + 1], 'JUSTID')
    given = given + 1
  end
end
if given > 0 then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[2], time[1] .. ' ' .. time[2], 'PX', 60000)
end
return given
