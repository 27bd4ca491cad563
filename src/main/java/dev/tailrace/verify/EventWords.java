package dev.tailrace.verify;

import org.jspecify.annotations.Nullable;

/**
 * The detail of an event: words {@code name=value} with blanks between, then a colon and the reason
 * in words; either part may be missing.
 */
final class EventWords {
  private static final String END = ": ";

  private EventWords() {}

  /** The value of a word; null where there is none of that name. */
  static @Nullable String word(@Nullable String detail, String name) {
    if (detail == null) {
      return null;
    }
    int colon = detail.indexOf(END);
    int end = colon < 0 ? detail.length() : colon;
    for (int at = 0; at < end; ) {
      int blank = detail.indexOf(' ', at);
      int next = blank < 0 || blank > end ? end : blank;
      if (detail.startsWith(name, at)
          && at + name.length() < next
          && detail.charAt(at + name.length()) == '=') {
        return detail.substring(at + name.length() + 1, next);
      }
      at = next + 1;
    }
    return null;
  }

  /** The number of a word; -1 where there is none. */
  static long number(@Nullable String detail, String name) {
    String value = word(detail, name);
    if (value == null) {
      return -1;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException other) {
      return -1;
    }
  }

  /** What follows the words; all of it where there are none. */
  static String reason(@Nullable String detail) {
    if (detail == null) {
      return "";
    }
    int colon = detail.indexOf(END);
    boolean words = colon > 0 && detail.lastIndexOf('=', colon) > 0;
    return words ? detail.substring(colon + END.length()) : detail;
  }
}
