-- Looks at what tells of losses.
-- KEYS  the canary, the life; ARGV[1] the server's run id
-- Answers since when the store remembers, and the server's life: {since, {began, tail, now}}.
return {since(KEYS[1]), life(KEYS[2], ARGV[1])}
