package dev.tailrace.observe;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message of one partition as events tell of it. */
record SampleSubject(String pipeline, Origin origin, @Nullable String text, int epoch, int attempt)
    implements Subject {

  static SampleSubject of(String source, long offset, @Nullable String key) {
    return new SampleSubject("orders", Origin.offset(source, offset), key, 3, 1);
  }

  @Override
  public Message message() {
    Buffer key = text == null ? null : Buffer.buffer(text);
    return new Sample(origin, key);
  }

  private record Sample(Origin origin, @Nullable Buffer key) implements Message {
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
  }
}
