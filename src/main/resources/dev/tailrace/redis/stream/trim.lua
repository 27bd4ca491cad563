-- Removes entries of a stream that every group has finished: those before the first that is pending in
-- any, and before the last that any was given.
-- KEYS[1] the stream; ARGV[1] how many at most
-- Answers how many were removed.
local function value(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then
      return fields[i + 1]
    end
  end
end

-- Of decimal digits without leading zeros, which may be more than a number holds.
local function less(a, b)
  return #a < #b or (#a == #b and a < b)
end

local function before(a, b)
  local a_time, a_number = string.match(a, '(%d+)-(%d+)')
  local b_time, b_number = string.match(b, '(%d+)-(%d+)')
  return less(a_time, b_time) or (a_time == b_time and less(a_number, b_number))
end

local first
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local id = value(group, 'last-delivered-id')
  if value(group, 'pending') > 0 then
    id = redis.call('XPENDING', KEYS[1], value(group, 'name'))[2]
  end
  if not first or before(id, first) then
    first = id
  end
end
if not first then
  return 0
end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', first, 'LIMIT', ARGV[1])
