-- What tells of losses. Times are in µs of the server's clock.

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- Since when the store remembers: a key that nobody removes, set where it is missing. A server that
-- was flushed remembers from its next look or claim on.
local function since(canary)
  local held = tonumber(redis.call('GET', canary) or '')
  if held then
    return held
  end
  local micros = string.format('%.0f', clock())
  redis.call('SET', canary, micros)
  return tonumber(micros)
end

-- Which life of a server the records are in, by its run id, kept as 'run began tail last' and
-- written with every claim and mark. A server that was started again, or took another's place, holds
-- what that wrote up to some moment, and with it what was last here then: the tail of the life before.
-- All that it wrote after its tail is gone. Answers {began, tail, now}; zeros where no run id is known.
local function life(key, run)
  if run == '' then
    return {0, 0, 0}
  end
  local held = redis.call('GET', key) or ''
  local known, began, tail, last = string.match(held, '^(%S+) (%d+) (%d+) (%d+)$')
  began, tail, last = tonumber(began or 0), tonumber(tail or 0), tonumber(last or 0)
  local now = math.max(clock(), last + 1)
  if known ~= run then
    began, tail = now, last
  end
  redis.call('SET', key, string.format('%s %.0f %.0f %.0f', run, began, tail, now))
  return {began, tail, now}
end

