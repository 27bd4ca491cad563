package dev.tailrace.smallworld;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the three messages; the first and the last have the same key. */
record SmallMessage(Origin origin, Buffer key) implements Message {
  static final String SOURCE = "orders/0";

  /** The whole partition. */
  static final List<SmallMessage> LOG = List.of(of(0, "a"), of(1, "b"), of(2, "a"));

  private static SmallMessage of(int offset, String key) {
    return new SmallMessage(Origin.offset(SOURCE, offset), Buffer.buffer(key));
  }

  int offset() {
    return (int) origin.major();
  }

  @Override
  public @Nullable Buffer body() {
    return null;
  }

  @Override
  public Headers headers() {
    return Headers.empty();
  }

  @Override
  public Instant timestamp() {
    return Instant.EPOCH;
  }

  @Override
  public String toString() {
    return origin.toString();
  }
}
