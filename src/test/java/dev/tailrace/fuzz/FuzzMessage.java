package dev.tailrace.fuzz;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Makes messages of which every part is somebody's. */
public final class FuzzMessage {
  private FuzzMessage() {}

  /**
   * A message of what is left: up to seven headers, a key, a body.
   *
   * @param names of headers that mean something
   */
  public static Message of(FuzzBytes bytes, List<String> names) {
    Headers headers = Headers.empty();
    for (int count = bytes.next() % 8; count > 0; count--) {
      int which = bytes.next();
      String name =
          which < names.size()
              ? names.get(which)
              : new String(bytes.nextBlock(), StandardCharsets.UTF_8);
      headers = headers.with(name, Buffer.buffer(bytes.nextBlock()));
    }
    boolean keyed = bytes.next() % 2 == 1;
    Buffer key = keyed ? Buffer.buffer(bytes.nextBlock()) : null;
    Buffer body = bytes.more() ? Buffer.buffer(bytes.rest()) : null;
    Origin origin = Origin.offset("orders/1", 7);
    return new TestMessage(origin, key, body, headers, Instant.EPOCH);
  }
}
