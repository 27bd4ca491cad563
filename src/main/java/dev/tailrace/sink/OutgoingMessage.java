package dev.tailrace.sink;

import dev.tailrace.message.Headers;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A message to be sent to a sink's destination.
 *
 * @param key chooses the partition, or null
 * @param body the payload, or null for a tombstone
 * @param headers in order
 */
public record OutgoingMessage(@Nullable Buffer key, @Nullable Buffer body, Headers headers) {}
