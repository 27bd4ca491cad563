package dev.tailrace.redis.stream;

import dev.tailrace.fuzz.FuzzBytes;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.redis.FuzzResponse;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.sink.DeadLetter;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a stream as a server, or what calls itself one, gives them: what cannot be read is
 * refused while the answer is read, which makes the answer unknown; what was read is a message.
 */
public final class RedisReplyFuzz {
  private RedisReplyFuzz() {}

  /** An answer in the shapes of {@link FuzzResponse}. */
  public static void fuzzerTestOneInput(byte[] input) {
    Response answer = FuzzResponse.of(new FuzzBytes(input));
    for (StreamEntry entry : entries(answer)) {
      Response fields = entry.fields();
      if (fields != null) {
        read(entry.origin(), fields);
      }
    }
  }

  /** As {@link RedisLink} takes what a reader throws. */
  private static List<StreamEntry> entries(@Nullable Response answer) {
    try {
      return answer == null ? List.of() : StreamEntry.list("payments", answer);
    } catch (RuntimeException unreadable) {
      return List.of();
    }
  }

  private static void read(Origin origin, Response fields) {
    Message message = FieldMapping.DEFAULT.read(origin, fields);
    DeadLetter letter = new DeadLetter(message);
    if (FieldMapping.bytes(fields) < 1
        || !Origin.parse(origin.toString()).equals(origin)
        || letter.replayId(1).isEmpty()) {
      throw new IllegalStateException("not a message: " + message);
    }
  }
}
