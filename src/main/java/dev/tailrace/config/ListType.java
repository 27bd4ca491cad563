package dev.tailrace.config;

/**
 * A list of texts, or of durations.
 *
 * @param atLeast the fewest items that make sense
 * @param item what each of them is
 */
record ListType(int atLeast, ScalarType item) implements ValueType {
  private static final ScalarType TEXT = new ScalarType.Text(null, "text", false);

  static ListType ofTexts(int atLeast) {
    return new ListType(atLeast, TEXT);
  }

  /** For tables: {@code list of texts}. */
  String label() {
    return "list of " + item.label() + "s";
  }

  String phrase() {
    String such = item.equals(TEXT) ? ", such as [a, b]" : ", such as [1m, 10m]";
    return atLeast == 0
        ? "allowed: a " + label() + such
        : "allowed: a list of at least "
            + atLeast
            + " "
            + item.label()
            + (atLeast == 1 ? "" : "s")
            + such;
  }
}
