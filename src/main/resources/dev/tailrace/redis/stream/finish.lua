-- Acknowledges entries of a stream that keeps nothing, and deletes them with it.
-- KEYS[1] the stream; ARGV[1] the group, then the ids
redis.call('XACK', KEYS[1], unpack(ARGV))
return redis.call('XDEL', KEYS[1], unpack(ARGV, 2))
