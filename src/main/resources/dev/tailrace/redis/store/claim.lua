-- Claims keys, each for one claimId.
-- KEYS     the canary, the life, then the records; or the records alone, where these are elsewhere
-- ARGV[1]  how long an unfinished record is kept, in ms; ARGV[2] the server's run id
-- then per key: claimId and owner, packed one after the other; the lease in ms; the payload hash,
-- packed ('' for none)
-- Answers since when the store remembers, which is never after a fence that it gives here; the
-- server's life; the fence of the keys that had no record; then per key: 0 where it was won and had
-- none, else {kind, fence, attempts, suspicions, remaining ms}, and where it was won also where to go
-- on.
local IDLE, CLAIMED, DONE, DEAD = 0, 1, 2, 3
local WON_ANSWER, DONE_ANSWER, DEAD_ANSWER, BUSY_ANSWER, MISMATCH_ANSWER, BROKEN_ANSWER = 0, 1, 2, 3, 4, 5

local records = (#ARGV - 2) / 3
local beside = #KEYS - records
local remembers, alive = 0, {0, 0, 0}
if beside > 0 then
  remembers, alive = since(KEYS[1]), life(KEYS[2], ARGV[2])
end
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)
local keep = tonumber(ARGV[1])
local answers = {remembers, alive, micros}

-- A record that is new is put together from what is packed already, which is what most claims are.
local NEW = '\156' .. cmsgpack.pack(CLAIMED) .. cmsgpack.pack(micros)
local UNTRIED = '\0\0\0\0\160'
local leased, kept = {}, {}
local function hold(lease)
  local millis = tonumber(lease)
  leased[lease] = cmsgpack.pack(now + millis) .. cmsgpack.pack(millis)
  kept[lease] = string.format('%.0f', math.max(keep, 2 * millis))
  return leased[lease]
end

local function claim(key, who, length, packed_hash)
  local id, owner = cmsgpack.unpack(who)
  local hash, lease = cmsgpack.unpack(packed_hash), tonumber(length)
  local function save(record)
    redis.call('SET', key, cmsgpack.pack(record), 'PX', math.max(keep, 2 * lease))
    return {WON_ANSWER, record[2], record[8], record[9], 0, record[12]}
  end

  local record = read(key)
  if record and record[7] ~= '' and hash ~= '' and record[7] ~= hash then
    return {MISMATCH_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == BROKEN then
    return {BROKEN_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == DONE then
    return {DONE_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == DEAD then
    return {DEAD_ANSWER, 0, 0, 0, 0}
  elseif record and record[1] == CLAIMED and record[3] == id then
    -- The same claim again: its first answer was lost.
    record[5], record[6] = now + lease, lease
    return save(record)
  elseif record and record[1] == CLAIMED and record[5] > now then
    return {BUSY_ANSWER, 0, 0, 0, record[5] - now}
  elseif record and record[1] == IDLE and record[3] == id then
    -- A copy that comes late: the claim was given back, nobody would work under it or end it.
    return {BUSY_ANSWER, 0, 0, 0, 0}
  end
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
  return save({CLAIMED, fence, id, owner, now + lease, lease, hash, attempts, suspicions, 0, 0, resume})
end

for i = 1, records do
  local key, a = KEYS[beside + i], 3 * i
  local who, lease, hash = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local fresh = NEW .. who .. (leased[lease] or hold(lease)) .. hash .. UNTRIED
  if redis.call('SET', key, fresh, 'NX', 'PX', kept[lease]) then
    answers[i + 3] = WON_ANSWER
  else
    answers[i + 3] = claim(key, who, lease, hash)
  end
end
return answers
