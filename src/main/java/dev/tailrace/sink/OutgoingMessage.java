package dev.tailrace.sink;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A message to be sent to a sink's destination.
 *
 * @param key chooses the partition, or null
 * @param body the payload, or null for a tombstone
 * @param headers in order
 * @param place where it lies until its destination has it, of a message that moves there; a
 *     destination at the same server may take it away from there in the same step. Null where it
 *     does not move
 */
public record OutgoingMessage(
    @Nullable Buffer key, @Nullable Buffer body, Headers headers, @Nullable Origin place) {
  /** A message that does not move. */
  public OutgoingMessage(@Nullable Buffer key, @Nullable Buffer body, Headers headers) {
    this(key, body, headers, null);
  }
}
