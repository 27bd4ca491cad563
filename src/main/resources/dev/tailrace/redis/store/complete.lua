-- Marks keys as finished, unless a later claim holds them.
-- KEYS  the life, then the records; or the records alone, where it is elsewhere
-- ARGV[1] the server's run id; then per key: fence, packed; 1 where dead; retention in ms
-- Answers the server's life; then per key: 1 where the mark is there, 0 where a later claim holds the key.
local CLAIMED, DONE, DEAD = 1, 2, 3

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local records = (#ARGV - 1) / 3
local beside = #KEYS - records
local answers = {beside > 0 and life(KEYS[1], ARGV[1]) or {0, 0, 0}}

local HELD = '\156' .. cmsgpack.pack(CLAIMED)
local FINISHED = {[DONE] = '\156' .. cmsgpack.pack(DONE), [DEAD] = '\156' .. cmsgpack.pack(DEAD)}
local NOBODY = '\160\160\0\0'
local TAIL = cmsgpack.pack(now) .. '\0\160'
local NOWHERE = 1073741824 -- beyond every record
local byte = string.byte

-- Where the text, or the number, ends that begins at a byte of a record.
local function text(packed, at)
  local kind = byte(packed, at) or 0
  if kind >= 160 and kind < 192 then
    return at + 1 + kind - 160
  end
  return kind == 217 and at + 2 + (byte(packed, at + 1) or 0) or NOWHERE
end

local WIDTH = {[204] = 2, [205] = 3, [206] = 5, [207] = 9}
local function number(packed, at)
  local kind = byte(packed, at) or 255
  return kind < 128 and at + 1 or at + (WIDTH[kind] or NOWHERE)
end

-- The record of the claim with this fence, once finished, as bytes; nil where it is any other one.
-- Nothing is unpacked: what is kept of the record are the bytes of its hash and its counts.
local function finished(packed, fence, state)
  local head = HELD .. fence
  if not packed or string.sub(packed, 1, #head) ~= head then
    return nil
  end
  local hash = number(packed, number(packed, text(packed, text(packed, #head + 1))))
  local counts = text(packed, hash)
  local attempts, suspicions, ended, alone = byte(packed, counts, counts + 3)
  if not alone or math.max(attempts, suspicions) > 127 or math.max(ended, alone) > 1
      or text(packed, counts + 4) ~= #packed + 1 then
    return nil
  end
  return FINISHED[state] .. fence .. NOBODY .. string.sub(packed, hash, counts + 1) .. TAIL
end

local function complete(key, fence, state, retention)
  local record = read(key)
  if record and record[2] > fence then
    return 0
  elseif record and record[2] == fence and record[1] >= DONE and record[1] ~= BROKEN then
    return 1
  end
  -- What the store lost is written all the same: nobody else has claimed it, so the finish is true.
  local hash, attempts, suspicions = '', 0, 0
  if record then
    hash, attempts, suspicions = record[7], record[8], record[9]
  end
  record = {state, fence, '', '', 0, 0, hash, attempts, suspicions, now, 0, ''}
  redis.call('SET', key, cmsgpack.pack(record), 'PX', retention)
  return 1
end

for i = 1, records do
  local key, a = KEYS[beside + i], 3 * i - 1
  local fence, state, retention = ARGV[a], ARGV[a + 1] == '1' and DEAD or DONE, ARGV[a + 2]
  local mark = finished(redis.call('GET', key), fence, state)
  if mark then
    redis.call('SET', key, mark, 'PX', retention)
    answers[i + 1] = 1
  else
    answers[i + 1] = complete(key, cmsgpack.unpack(fence), state, retention)
  end
end
return answers
