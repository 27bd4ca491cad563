package dev.tailrace.redis.sink;

import dev.tailrace.message.Headers.Header;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Whether a server takes a message as an entry. */
final class EntrySize {
  /** What it accepts as one value, and as one whole command, unless it is told otherwise. */
  private static final long MOST_BYTES = 512L << 20;

  private EntrySize() {}

  /**
   * Why a message is not taken, or null.
   *
   * @param mostFields of an entry
   */
  static @Nullable String problem(OutgoingMessage message, int mostFields) {
    long bytes = bytes(message);
    if (bytes > MOST_BYTES) {
      return bytes + " bytes are more than the " + MOST_BYTES + " that Redis accepts";
    }
    int fields = message.headers().size() + 2;
    return fields > mostFields
        ? fields + " fields are more than the " + mostFields + " that a script takes"
        : null;
  }

  private static long bytes(OutgoingMessage message) {
    long sum = length(message.key()) + length(message.body());
    for (Header header : message.headers()) {
      sum += header.name().length() + length(header.value());
    }
    return sum;
  }

  private static long length(@Nullable Buffer buffer) {
    return buffer == null ? 0 : buffer.length();
  }
}
