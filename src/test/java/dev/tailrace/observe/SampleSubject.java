package dev.tailrace.observe;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import io.vertx.core.buffer.Buffer;
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
    return TestMessage.of(origin, key);
  }
}
