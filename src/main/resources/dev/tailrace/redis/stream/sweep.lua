-- Deletes consumers that have given no sign for long and have nothing pending. One that lives all the
-- same is made again by its next read.
-- KEYS[1] the stream; ARGV[1] the group, ARGV[2] the consumer that is not among them, ARGV[3] how long
-- in ms
-- Answers how many were deleted.
local function value(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then
      return fields[i + 1]
    end
  end
end

local deleted = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local name = value(consumer, 'name')
  if name ~= ARGV[2] and value(consumer, 'pending') == 0
      and value(consumer, 'idle') >= tonumber(ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
    deleted = deleted + 1
  end
end
return deleted
