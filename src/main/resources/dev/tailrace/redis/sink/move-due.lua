-- Moves what is due to its stream, by the server's own clock.
-- KEYS[1] what waits, by the time when it is due, KEYS[2] the messages of those, KEYS[3] the stream
-- ARGV[1] the most messages, ARGV[2] after how many bytes no further one is moved
-- Answers {how many were moved, in how many ms the next is due, or -1 for none, how many names had
-- no message}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local moved, bytes, lost = 0, 0, 0
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  if bytes >= tonumber(ARGV[2]) then
    break
  end
  local due = redis.call('ZSCORE', KEYS[1], name)
  local packed = redis.call('HGET', KEYS[2], name)
  -- First what a server without free memory allows: from then on it allows the rest, which frees.
  redis.call('ZREM', KEYS[1], name)
  if packed then
    local added = redis.pcall('XADD', KEYS[3], '*', unpack(cmsgpack.unpack(packed)))
    if type(added) == 'table' and added.err then
      redis.call('ZADD', KEYS[1], due, name)
      return added
    end
    redis.call('HDEL', KEYS[2], name)
    moved = moved + 1
    bytes = bytes + #packed
  else
    lost = lost + 1
  end
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {moved, next[2] and math.max(0, next[2] - now) or -1, lost}
