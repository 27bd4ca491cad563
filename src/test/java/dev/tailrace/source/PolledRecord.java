package dev.tailrace.source;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A byte of a log. */
public record PolledRecord(String source, long offset) implements PolledMessage {
  /** Those from one offset to below another. */
  public static List<PolledRecord> all(String source, long from, long to) {
    return LongStream.range(from, to).mapToObj(offset -> new PolledRecord(source, offset)).toList();
  }

  @Override
  public int bytes() {
    return 1;
  }

  @Override
  public Origin origin() {
    return Origin.offset(source, offset);
  }

  @Override
  public @Nullable Buffer key() {
    return null;
  }

  @Override
  public Buffer body() {
    return Buffer.buffer("x");
  }

  @Override
  public Headers headers() {
    return Headers.empty();
  }

  @Override
  public Instant timestamp() {
    return Instant.EPOCH;
  }
}
