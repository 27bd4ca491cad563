package dev.tailrace.observe;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much an event log tells of message keys. */
public enum EventKeys {
  /** The first 16 hex digits of the key's SHA-256, so that equal keys stay equal. */
  HASH,
  /** The key as text, cut to {@link #PLAIN_LENGTH} characters. */
  PLAIN,
  /** Nothing; the order of keys cannot be checked then. */
  NONE;

  /** The most characters of a plain key. */
  public static final int PLAIN_LENGTH = 200;

  /** The setting of this name in lower case. */
  public static EventKeys of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** What the log says of a key; null for no key, or where it says nothing. */
  public @Nullable String print(@Nullable Buffer key) {
    if (key == null) {
      return null;
    }
    return switch (this) {
      case HASH -> KeyHash.of(key);
      case PLAIN -> plain(key);
      case NONE -> null;
    };
  }

  private static String plain(Buffer key) {
    String text = key.toString(StandardCharsets.UTF_8);
    return text.length() <= PLAIN_LENGTH ? text : text.substring(0, PLAIN_LENGTH);
  }
}
