package dev.tailrace.config;

/**
 * A list of texts.
 *
 * @param atLeast the fewest texts that make sense
 */
record ListType(int atLeast) implements ValueType {

  String phrase() {
    return atLeast == 0
        ? "allowed: a list of texts, such as [a, b]"
        : "allowed: a list of at least "
            + atLeast
            + " text"
            + (atLeast == 1 ? "" : "s")
            + ", such as [a, b]";
  }
}
