package dev.tailrace.sink;

import dev.tailrace.fuzz.FuzzBytes;
import dev.tailrace.fuzz.FuzzMessage;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import java.util.List;

/** Dead letters that others put there: read as far as they go, and revived as they were. */
public final class DeadLetterFuzz {
  private static final List<String> NAMES =
      List.of(
          DeadLetterHeaders.REASON,
          DeadLetterHeaders.ERROR_CLASS,
          DeadLetterHeaders.ERROR_MESSAGE,
          DeadLetterHeaders.ATTEMPTS,
          DeadLetterHeaders.ORIGIN,
          DeadLetterHeaders.ORIGIN_TIMESTAMP,
          DeadLetterHeaders.PIPELINE,
          Headers.REPLAY_ID,
          Headers.REPLAY_PIPELINE);

  private DeadLetterFuzz() {}

  /** A letter, whose headers may be ours. */
  public static void fuzzerTestOneInput(byte[] input) {
    Message message = FuzzMessage.of(new FuzzBytes(input), NAMES);
    DeadLetter letter = new DeadLetter(message);
    OutgoingMessage revived = letter.revived(2);
    String id = letter.replayId(2);
    boolean marked = id.equals(revived.headers().text(Headers.REPLAY_ID));
    if (!marked || revived.body() != message.body() || revived.key() != message.key()) {
      throw new IllegalStateException("revived as another message: " + revived);
    }
    for (Headers.Header header : revived.headers()) {
      if (DeadLetterHeaders.isOurs(header.name())) {
        throw new IllegalStateException("still says how it died: " + header.name());
      }
    }
    if (id.isEmpty() || letter.toString().isEmpty() || letter.reason() == null) {
      throw new IllegalStateException("says nothing of itself");
    }
  }
}
