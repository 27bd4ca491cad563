package dev.tailrace.simulation;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message of the simulated broker; its body says who it is. */
record SimulatedMessage(Origin origin, @Nullable Buffer key, @Nullable Buffer body)
    implements Message {
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
