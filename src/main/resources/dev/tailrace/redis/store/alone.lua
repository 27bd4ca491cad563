-- Notes of claims that their messages are about to run alone in their process.
-- KEYS  the records; ARGV[1] how long an unfinished record is kept, in ms; then per key: fence
-- Answers per key: 1 where the claim holds, 0 where it does not.
local CLAIMED = 1

local keep = tonumber(ARGV[1])

local answers = {}
for i, key in ipairs(KEYS) do
  local record = read(key)
  if record and record[1] == CLAIMED and record[2] == tonumber(ARGV[i + 1]) then
    record[11] = 1
    redis.call('SET', key, cmsgpack.pack(record), 'PX', math.max(keep, 2 * record[6]))
    answers[i] = 1
  else
    answers[i] = 0
  end
end
return answers
