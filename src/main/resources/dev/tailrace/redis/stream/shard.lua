-- What reading a shard and taking it over share: nothing is done for one whose lease has ended, in
-- the same step in which it would be done.
-- KEYS[1] the stream, KEYS[2] its lease; ARGV[1] the group, ARGV[2] the consumer, ARGV[3] the
-- holder of the lease
local ENDED, DONE, BEHIND = 0, 1, 2

if redis.call('GET', KEYS[2]) ~= ARGV[3] then
  return {ENDED}
end

local function value(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then
      return fields[i + 1]
    end
  end
end

local function last_delivered()
  local found = redis.pcall('XINFO', 'GROUPS', KEYS[1])
  if found.err and not string.find(found.err, 'no such key', 1, true) then
    return nil, found
  end
  for _, group in ipairs(found) do
    if value(group, 'name') == ARGV[1] then
      return value(group, 'last-delivered-id')
    end
  end
end

local delivered, refusal = last_delivered()
if refusal then
  return refusal
end
if not delivered then
  return redis.error_reply('NOGROUP no group ' .. ARGV[1] .. ' of ' .. KEYS[1])
end
