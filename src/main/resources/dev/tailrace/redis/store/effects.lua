-- Carries out the commands of one message and marks its key as done, where the claim is held.
-- KEYS  the record, the life; or, where that is elsewhere, the record and what the commands touch
-- ARGV[1] the server's run id, or '' where its life is elsewhere; [2] the fence; [3] the retention of
-- what is done, [4] of what is not, in ms; then per command how many words it has, and the words
-- Answers {kind, error}.
local CLAIMED, DONE = 1, 2
local DONE_ANSWER, PASSED_ANSWER, REFUSED_ANSWER, BROKEN_ANSWER = 0, 1, 2, 3

local key, fence = KEYS[1], tonumber(ARGV[2])
local retention, keep = tonumber(ARGV[3]), tonumber(ARGV[4])
local record = read(key)
if record and record[2] == fence and record[1] == DONE then
  return {DONE_ANSWER, ''} -- by the same call before, whose answer was lost
elseif record and record[2] == fence and record[1] == BROKEN then
  return {BROKEN_ANSWER, record[4]}
elseif not record or record[1] ~= CLAIMED or record[2] ~= fence then
  return {PASSED_ANSWER, ''}
end

local function save(state, owner, howLong)
  redis.call('SET', key, cmsgpack.pack({state, fence, '', owner, 0, 0, record[7], record[8],
    record[9], math.floor(clock() / 1000), 0}), 'PX', howLong)
end

-- The mark comes first: where it cannot be written, nothing is carried out.
life(KEYS[2], ARGV[1])
save(DONE, '', retention)
local at, first = 5, true
while at <= #ARGV do
  local words = {}
  for i = 1, tonumber(ARGV[at]) do
    words[i] = ARGV[at + i]
  end
  at = at + 1 + #words
  local answer = redis.pcall(unpack(words))
  if type(answer) == 'table' and answer.err then
    if first then
      redis.call('SET', key, cmsgpack.pack(record), 'PX', math.max(keep, 2 * record[6]))
      return {REFUSED_ANSWER, answer.err}
    end
    -- There is no way back, so that nobody may run it again.
    save(BROKEN, answer.err, retention)
    return {BROKEN_ANSWER, answer.err}
  end
  first = false
end
return {DONE_ANSWER, ''}
