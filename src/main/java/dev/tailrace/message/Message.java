package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message as its broker gave it: bytes, headers and where it came from.
 *
 * <p>Immutable and safe to share between threads, provided that nobody writes to the buffers it
 * hands out. Prints as its origin, for example {@code orders/2@57}; never as its payload.
 */
public interface Message {
  /** Where the message came from: source and position. */
  Origin origin();

  /** The key that orders messages, or null where the message has none. */
  @Nullable Buffer key();

  /** The payload, or null for a tombstone; an empty payload is an empty buffer. */
  @Nullable Buffer body();

  /** The headers in the order in which the producer wrote them. */
  Headers headers();

  /** When the message was written, as the broker or the producer says. */
  Instant timestamp();

  /**
   * Reads the payload. A null payload is given to the decoder as an empty buffer.
   *
   * @throws DecodeException when the decoder fails; thrown out of a handler it becomes a dead
   *     letter at once, since a second attempt reads the same bytes
   */
  default <T> T decode(Decoder<T> decoder) {
    Buffer body = body();
    try {
      return decoder.decode(body == null ? Buffer.buffer() : body, headers());
    } catch (Exception failure) {
      throw new DecodeException("cannot decode " + origin() + ": " + failure.getMessage(), failure);
    }
  }
}
