-- Claims keys, each for one claimId.
-- KEYS     the canary, the life, then the records; or the records alone, where these are elsewhere
-- ARGV[1]  how long an unfinished record is kept, in ms; ARGV[2] the server's run id
-- then per key: claimId, owner, payload hash ('' for none), lease in ms
-- Answers since when the store remembers, which is never after a fence that it gives here; the
-- server's life; then per key: {kind, fence, attempts, suspicions, remaining ms}, and where it was won
-- also where to go on.
local IDLE, CLAIMED, DONE, DEAD = 0, 1, 2, 3
local WON_ANSWER, DONE_ANSWER, DEAD_ANSWER, BUSY_ANSWER, MISMATCH_ANSWER, BROKEN_ANSWER = 0, 1, 2, 3, 4, 5

local records = (#ARGV - 2) / 4
local beside = #KEYS - records
local remembers, alive = 0, {0, 0, 0}
if beside > 0 then
  remembers, alive = since(KEYS[1]), life(KEYS[2], ARGV[2])
end
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)
local keep = tonumber(ARGV[1])

local function save(key, record, lease)
  redis.call('SET', key, cmsgpack.pack(record), 'PX', math.max(keep, 2 * lease))
end

local answers = {remembers, alive}
for i = 3, records + 2 do
  local key = KEYS[beside + i - 2]
  local a = 3 + (i - 3) * 4
  local id, owner, hash, lease = ARGV[a], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
  local record = read(key)
  if record and record[7] ~= '' and hash ~= '' and record[7] ~= hash then
    answers[i] = {MISMATCH_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == BROKEN then
    answers[i] = {BROKEN_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == DONE then
    answers[i] = {DONE_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == DEAD then
    answers[i] = {DEAD_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == CLAIMED and record[3] == id then
    -- The same claim again: its first answer was lost.
    record[5], record[6] = now + lease, lease
    save(key, record, lease)
    answers[i] = {WON_ANSWER, record[2], record[8], record[9], 0, record[12]}
  elseif record and record[1] == CLAIMED and record[5] > now then
    answers[i] = {BUSY_ANSWER, 0, 0, 0, record[5] - now}
  elseif record and record[1] == IDLE and record[3] == id then
    -- A copy that comes late: the claim was given back, nobody would work under it or end it.
    answers[i] = {BUSY_ANSWER, 0, 0, 0, 0}
  else
    local fence, attempts, suspicions, resume = micros, 0, 0, ''
    if record then
      fence = math.max(record[2] + 1, micros)
      attempts, suspicions, resume = record[8], record[9], record[12]
      if record[1] == CLAIMED and record[11] == 1 then
        -- Its holder neither finished nor released it: it ended with its process, in which it ran
        -- alone.
        attempts = attempts + 1
      elseif record[1] == CLAIMED then
        suspicions = suspicions + 1
      end
    end
    record = {CLAIMED, fence, id, owner, now + lease, lease, hash, attempts, suspicions, 0, 0, resume}
    save(key, record, lease)
    answers[i] = {WON_ANSWER, fence, attempts, suspicions, 0, resume}
  end
end
return answers
