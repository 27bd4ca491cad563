-- Gives claims back, each by its claimId.
-- KEYS  the records; ARGV[1] how long an unfinished record is kept, in ms; then per key: claimId,
-- fence (0 where it is not known), what to add to the attempts, where the next claim goes on: '' as
-- this one did, else = and where
-- Answers per key: 1 where the claim is released, now or by the same call before; else 0.
local IDLE, CLAIMED = 0, 1

local keep = tonumber(ARGV[1])

local answers = {}
for i, key in ipairs(KEYS) do
  local a = 2 + (i - 1) * 4
  local record = read(key)
  answers[i] = 0
  if record and record[3] == ARGV[a] then
    if record[1] == CLAIMED then
      -- Under another fence a late copy of the claim was granted anew: nobody works under that, and
      -- what it said was noted with the first.
      if record[2] == tonumber(ARGV[a + 1]) then
        record[8] = record[8] + tonumber(ARGV[a + 2])
        record[12] = ARGV[a + 3] == '' and record[12] or string.sub(ARGV[a + 3], 2)
      end
      record[1], record[5], record[11] = IDLE, 0, 0
      redis.call('SET', key, cmsgpack.pack(record), 'PX', keep)
      answers[i] = 1
    elseif record[1] == IDLE then
      answers[i] = 1
    end
  end
end
return answers
