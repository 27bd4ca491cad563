package dev.tailrace.redis.stream;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A stream entry as a message; its time is that of its id. */
public record RedisMessage(
    Origin origin, @Nullable Buffer key, @Nullable Buffer body, Headers headers)
    implements Message {

  @Override
  public Instant timestamp() {
    return Instant.ofEpochMilli(origin.major());
  }

  @Override
  public String toString() {
    return origin.toString();
  }
}
