package dev.tailrace.idempotency;

import dev.tailrace.message.DecodeException;
import dev.tailrace.message.Headers;
import dev.tailrace.message.JsonScalar;
import dev.tailrace.message.Message;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the idempotency key of a message, as {@code idempotency.key} says. Immutable.
 *
 * <p>Different identities make different keys: bytes that are no text are written as {@code
 * bytes:<hex>}, what is longer than {@value #MAX_LENGTH} characters as {@code sha256:<hex>}, a
 * position as {@code position:orders/2@57}; the id of a replay comes before the key as {@code
 * replay:<id>:}, so that the mark of the first life does not swallow the second; it stands alone
 * where the key would be a position, since a message that is replayed twice has two. A text that
 * begins like one of these gets {@code text:} before it.
 */
public final class KeyRule {
  /** The longest key that is kept as it is, in characters. */
  static final int MAX_LENGTH = 512;

  private static final String ALLOWED =
      "; allowed: header:NAME, cloudevents, json:/pointer, record-key, position";
  private static final String POSITION = "position:";
  private static final String BYTES = "bytes:";
  private static final String SHA_256 = "sha256:";
  private static final String REPLAY = "replay:";
  private static final String TEXT = "text:";

  private final String rule;
  private final OnMissing onMissing;
  private final Function<Message, @Nullable String> identity;

  private KeyRule(String rule, OnMissing onMissing, Function<Message, @Nullable String> identity) {
    this.rule = rule;
    this.onMissing = onMissing;
    this.identity = identity;
  }

  /** What a message without a key becomes. */
  public enum OnMissing {
    /** A dead letter. */
    DEAD_LETTER,
    /** Known by its position. */
    POSITION;

    /** Reads {@code idempotency.on-missing}. */
    public static OnMissing parse(String text) {
      return switch (text) {
        case "dead-letter" -> DEAD_LETTER;
        case "position" -> POSITION;
        default ->
            throw new IllegalArgumentException(
                "\"" + text + "\" is not known; allowed: dead-letter, position");
      };
    }
  }

  /**
   * Reads a rule: {@code header:NAME | cloudevents | json:/pointer | record-key | position}.
   *
   * @throws IllegalArgumentException where it is none; the message says what is allowed
   */
  public static KeyRule parse(String rule, OnMissing onMissing) {
    return new KeyRule(rule, onMissing, identity(rule));
  }

  private static Function<Message, @Nullable String> identity(String rule) {
    int colon = rule.indexOf(':');
    String kind = colon < 0 ? rule : rule.substring(0, colon);
    String detail = colon < 0 ? "" : rule.substring(colon + 1);
    boolean detailed = kind.equals("header") || kind.equals("json");
    if (detailed == detail.isBlank()) {
      throw new IllegalArgumentException("\"" + rule + "\" is no rule for keys" + ALLOWED);
    }
    return switch (kind) {
      case "header" -> message -> text(message.headers().get(detail));
      case "json" -> json(detail);
      case "cloudevents" -> CloudEventId::of;
      case "record-key" -> message -> text(message.key());
      case "position" -> KeyRule::position;
      default -> throw new IllegalArgumentException("\"" + rule + "\" is not known" + ALLOWED);
    };
  }

  private static Function<Message, @Nullable String> json(String pointer) {
    JsonScalar scalar = JsonScalar.at(pointer);
    return message -> {
      String found = read(message, scalar);
      return found == null ? null : plain(found);
    };
  }

  static @Nullable String read(Message message, JsonScalar scalar) {
    try {
      return message.decode(scalar).orElse(null);
    } catch (DecodeException notJson) { // a payload that is no JSON has no key in it
      return null;
    }
  }

  /**
   * The message's key within its pipeline; empty where it has none, which {@link
   * OnMissing#DEAD_LETTER} allows. A replay is another message only in the pipeline in which it had
   * died: the others that read the same topic know it by the key it always had.
   */
  public Optional<String> key(Message message, String pipeline) {
    String key = identity.apply(message);
    boolean missing = key == null || key.isEmpty();
    if (missing && onMissing == OnMissing.DEAD_LETTER) {
      return Optional.empty();
    }
    String replay = replay(message.headers(), pipeline);
    boolean positional = missing || rule.equals("position");
    if (replay == null) {
      return Optional.of(bounded(positional ? position(message) : String.valueOf(key)));
    }
    return Optional.of(bounded(REPLAY + replay + ":" + (positional ? "" : key)));
  }

  /** Its id, in which a colon is written as no id and no key can write it; null for no replay. */
  private static @Nullable String replay(Headers headers, String pipeline) {
    String id = headers.text(Headers.REPLAY_ID);
    String of = headers.text(Headers.REPLAY_PIPELINE);
    return id == null || (of != null && !of.equals(pipeline))
        ? null
        : id.replace("%", "%25").replace(":", "%3A");
  }

  private static String position(Message message) {
    return POSITION + message.origin();
  }

  /** Bytes as a key that no other bytes have; null for none. */
  static @Nullable String text(@Nullable Buffer bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      ByteBuffer input = ByteBuffer.wrap(bytes.getBytes());
      return plain(StandardCharsets.UTF_8.newDecoder().decode(input).toString());
    } catch (CharacterCodingException notText) {
      return BYTES + HexFormat.of().formatHex(bytes.getBytes());
    }
  }

  static String plain(String text) {
    boolean reserved =
        text.startsWith(POSITION)
            || text.startsWith(BYTES)
            || text.startsWith(SHA_256)
            || text.startsWith(REPLAY)
            || text.startsWith(TEXT);
    return reserved ? TEXT + text : text;
  }

  private static String bounded(String key) {
    if (key.length() <= MAX_LENGTH) {
      return key;
    }
    byte[] hash = PayloadHash.sha256(key.getBytes(StandardCharsets.UTF_8));
    return SHA_256 + HexFormat.of().formatHex(hash);
  }

  /** The rule as it was written. */
  @Override
  public String toString() {
    return rule;
  }
}
