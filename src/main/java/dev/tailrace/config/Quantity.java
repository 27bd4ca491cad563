package dev.tailrace.config;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of numbers that carry a mandatory unit, and their text. */
enum Quantity {
  /** A span of time, in milliseconds. */
  DURATION(
      "duration",
      "10s",
      List.of(
          new Unit("ms", 1),
          new Unit("s", 1_000),
          new Unit("m", 60_000, 2),
          new Unit("h", 3_600_000, 2),
          new Unit("d", 86_400_000, 2)),
      1),
  /** An amount of memory or disk, in bytes. */
  SIZE(
      "size",
      "64MiB",
      List.of(new Unit("KiB", 1L << 10), new Unit("MiB", 1L << 20), new Unit("GiB", 1L << 30)),
      0),
  /** A share of a whole, in whole percent. */
  PERCENT("percentage", "50%", List.of(new Unit("%", 1)), 0);

  /**
   * A unit.
   *
   * @param from the least count of it that is printed: people say 60s and 24h, not 1m and 1d
   */
  private record Unit(String symbol, long factor, int from) {
    Unit(String symbol, long factor) {
      this(symbol, factor, 1);
    }
  }

  /** Ten years: beyond any use, and far from overflow in nanoseconds. */
  private static final long LONGEST_DAYS = 3_650;

  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([A-Za-z%]+)");
  private static final Pattern BARE = Pattern.compile("[0-9]+([.,][0-9]+)?");

  private final String noun;
  private final String example;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of from records
  private final List<Unit> units; // smallest first

  private final int zeroUnit; // the unit in which zero is printed

  Quantity(String noun, String example, List<Unit> units, int zeroUnit) {
    this.noun = noun;
    this.example = example;
    this.units = units;
    this.zeroUnit = zeroUnit;
  }

  String noun() {
    return noun;
  }

  /** A value of the usual size. */
  String example() {
    return example;
  }

  /** The largest value that any key accepts. */
  long ceiling() {
    return switch (this) {
      case DURATION -> LONGEST_DAYS * 86_400_000;
      case SIZE -> 1L << 40;
      case PERCENT -> 100;
    };
  }

  /** The value in the smallest unit (ms, bytes, percent), or empty where the text is not one. */
  OptionalLong parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      for (Unit unit : units) {
        if (unit.symbol().equals(matcher.group(2))) {
          long number = Long.parseLong(matcher.group(1));
          long limit = Long.MAX_VALUE / unit.factor();
          return OptionalLong.of(number > limit ? Long.MAX_VALUE : number * unit.factor());
        }
      }
    }
    return OptionalLong.empty();
  }

  /** The text in the largest fitting unit that keeps it whole; parses back to the same value. */
  String print(long value) {
    if (value == 0) {
      return "0" + units.get(zeroUnit).symbol();
    }
    for (int i = units.size() - 1; i > 0; i--) {
      Unit unit = units.get(i);
      if (value % unit.factor() == 0 && value / unit.factor() >= unit.from()) {
        return value / unit.factor() + unit.symbol();
      }
    }
    return value / units.get(0).factor() + units.get(0).symbol();
  }

  /** True for a number that lacks its unit. */
  static boolean isBare(String text) {
    return BARE.matcher(text).matches();
  }

  /** A regular expression of the accepted form, for the JSON Schema. */
  String pattern() {
    return "[0-9]{1,12}(" + String.join("|", symbols()) + ")";
  }

  /** Such as {@code a duration such as 10s (units: ms, s, m, h, d)}. */
  String phrase() {
    String unitsOf = symbols().size() == 1 ? "unit: " : "units: ";
    return "a "
        + noun
        + " such as "
        + example
        + " ("
        + unitsOf
        + String.join(", ", symbols())
        + ")";
  }

  private List<String> symbols() {
    return units.stream().map(Unit::symbol).toList();
  }
}
