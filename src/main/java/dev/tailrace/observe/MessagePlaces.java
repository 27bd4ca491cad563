package dev.tailrace.observe;

import dev.tailrace.message.Origin;

/** What the printed place of a message says. */
final class MessagePlaces {
  private MessagePlaces() {}

  /** The topic of a partition, {@code orders} of {@code orders/2}; the stream itself else. */
  static String topic(Origin position) {
    String source = position.source();
    int slash = source.lastIndexOf('/');
    if (slash <= 0 || slash == source.length() - 1) {
      return source;
    }
    for (int i = slash + 1; i < source.length(); i++) {
      if (!Character.isDigit(source.charAt(i))) {
        return source;
      }
    }
    return source.substring(0, slash);
  }
}
