package dev.tailrace.idempotency;

import dev.tailrace.fuzz.FuzzBytes;
import dev.tailrace.fuzz.FuzzMessage;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keys of messages that anybody wrote: one, bounded and the same again, or none. */
public final class KeyRuleFuzz {
  private static final List<KeyRule> RULES =
      Stream.of("header:id", "cloudevents", "json:/order/id", "record-key", "position")
          .map(rule -> KeyRule.parse(rule, OnMissing.DEAD_LETTER))
          .toList();
  private static final List<String> NAMES =
      List.of(
          "id", "ce_id", "ce_source", "content-type", Headers.REPLAY_ID, Headers.REPLAY_PIPELINE);

  private KeyRuleFuzz() {}

  /** The rule, then a message. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzBytes bytes = new FuzzBytes(input);
    KeyRule rule = RULES.get(bytes.next() % RULES.size());
    Message message = FuzzMessage.of(bytes, NAMES);
    Optional<String> key = rule.key(message, "orders");
    if (!key.equals(rule.key(message, "orders"))) {
      throw new IllegalStateException("another key for the same message");
    }
    if (key.isPresent() && (key.get().isEmpty() || key.get().length() > KeyRule.MAX_LENGTH)) {
      throw new IllegalStateException("a key of " + key.get().length());
    }
  }
}
