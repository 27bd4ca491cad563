-- Reads the canary, and sets it where there is none.
-- KEYS[1]  the canary; ARGV[1] what it is set to
-- Answers what it holds.
local held = redis.call('GET', KEYS[1])
if held then
  return held
end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
