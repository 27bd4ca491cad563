package dev.tailrace.redis.store;

import dev.tailrace.redis.link.RedisScript;
import io.vertx.redis.client.Response;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A script on keys of one slot. Immutable.
 *
 * @param slot of all its keys
 * @param script with its keys and arguments
 * @param reader turns its answer into a value; fails where it is none
 * @param <T> what is answered
 */
record SlotCall<T>(int slot, RedisScript.Call script, Function<@Nullable Response, T> reader) {}
