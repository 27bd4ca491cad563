-- Since when the store remembers, in µs of the server's clock: a key that nobody removes, set where
-- it is missing. A server that was flushed remembers from its next look or claim on.
local function since(canary)
  local held = tonumber(redis.call('GET', canary) or '')
  if held then
    return held
  end
  local time = redis.call('TIME')
  local micros = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('SET', canary, micros)
  return tonumber(micros)
end

