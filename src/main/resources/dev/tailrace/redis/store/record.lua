-- What all scripts of the idempotency store begin with.
-- A record is {state, fence, claimId, owner, lease end, lease, payload hash, attempts, suspicions,
-- finished at, alone, resume}, times in ms of the server's clock, the fence in µs. Alone is 1 while
-- the message of the claim runs alone in its process; resume is where the next claim goes on, or ''.
-- Earlier versions wrote no such fields.
local KINDS =
  {'number', 'number', 'string', 'string', 'number', 'number', 'string', 'number', 'number', 'number'}
local BROKEN, LAST_STATE, MOST_COUNT, MOST_NUMBER = 4, 4, 2147483647, 9007199254740991

-- The record of a key, or nil. One that is damaged is as good as lost: it must not keep the other
-- keys of the call from their answers. What is of another type is somebody's, and refused.
local function read(key)
  local packed = redis.call('GET', key)
  if not packed then
    return nil
  end
  local fine, record = pcall(cmsgpack.unpack, packed)
  if not fine or type(record) ~= 'table' then
    return nil
  end
  for i, kind in ipairs(KINDS) do
    local value = record[i]
    if type(value) ~= kind then
      return nil
    end
    if kind == 'number' and not (value >= 0 and value <= MOST_NUMBER and value % 1 == 0) then
      return nil
    end
  end
  if record[1] > LAST_STATE or record[8] >= MOST_COUNT or record[9] >= MOST_COUNT then
    return nil
  end
  record[11] = record[11] == 1 and 1 or 0
  record[12] = type(record[12]) == 'string' and record[12] or ''
  return record
end

