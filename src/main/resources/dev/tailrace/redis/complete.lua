-- Marks keys as finished, unless a later claim holds them.
-- KEYS  the life, then the records; or the records alone, where it is elsewhere
-- ARGV[1] the server's run id; then per key: fence, 1 where dead, retention in ms
-- Answers the server's life; then per key: 1 where the mark is there, 0 where a later claim holds the key.
local DONE, DEAD = 2, 3

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local records = (#ARGV - 1) / 3
local beside = #KEYS - records
local answers = {beside > 0 and life(KEYS[1], ARGV[1]) or {0, 0, 0}}
for i = 2, records + 1 do
  local key = KEYS[beside + i - 1]
  local a = 2 + (i - 2) * 3
  local fence, dead, retention = tonumber(ARGV[a]), ARGV[a + 1] == '1', tonumber(ARGV[a + 2])
  local record = read(key)
  if record and record[2] > fence then
    answers[i] = 0
  elseif record and record[2] == fence and record[1] >= DONE and record[1] ~= BROKEN then
    answers[i] = 1
  else
    -- What the store lost is written all the same: nobody else has claimed it, so the finish is true.
    local state, hash, attempts, suspicions = dead and DEAD or DONE, '', 0, 0
    if record then
      hash, attempts, suspicions = record[7], record[8], record[9]
    end
    record = {state, fence, '', '', 0, 0, hash, attempts, suspicions, now, 0}
    redis.call('SET', key, cmsgpack.pack(record), 'PX', retention)
    answers[i] = 1
  end
end
return answers
