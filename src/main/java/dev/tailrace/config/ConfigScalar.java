package dev.tailrace.config;

import java.util.regex.Pattern;

/**
 * A scalar of the tree. {@code text} may be a secret: print {@code shown}, as {@code toString}
 * does.
 *
 * @param place where it was written
 * @param kind what the text denotes
 * @param text the value, interpolated
 * @param shown the value as it may be printed: secrets are replaced by {@code ***}
 * @param loose true where the place has no types of its own (environment, {@code --set}) or the
 *     text was interpolated; the schema then decides what the text denotes
 * @param implied true for a default
 */
public record ConfigScalar(
    Place place, Kind kind, String text, String shown, boolean loose, boolean implied)
    implements ConfigNode {

  /** What a scalar denotes, by the core schema of YAML 1.2: {@code yes} and {@code on} are text. */
  public enum Kind {
    /** Text. */
    TEXT("text"),
    /** A whole number that fits a long. */
    INTEGER("an integer"),
    /** Another number. */
    DECIMAL("a number"),
    /** {@code true} or {@code false}. */
    BOOLEAN("a boolean"),
    /** Nothing: {@code null}, {@code ~} or empty. */
    NULL("empty");

    private static final Pattern INTEGERS = Pattern.compile("[-+]?[0-9]{1,18}");
    private static final Pattern DECIMALS =
        Pattern.compile(
            "[-+]?(\\.[0-9]{1,100}|[0-9]{1,100}(\\.[0-9]{0,100})?)([eE][-+]?[0-9]{1,9})?");

    private final String noun;

    Kind(String noun) {
      this.noun = noun;
    }

    /** The kind as it is called in messages: {@code text}, {@code an integer}. */
    String noun() {
      return noun;
    }

    /** What a plain (unquoted) scalar denotes. */
    static Kind of(String plain) {
      return switch (plain) {
        case "", "~", "null", "Null", "NULL" -> NULL;
        case "true", "True", "TRUE", "false", "False", "FALSE" -> BOOLEAN;
        default -> {
          if (INTEGERS.matcher(plain).matches()) {
            yield INTEGER;
          }
          yield DECIMALS.matcher(plain).matches() ? DECIMAL : TEXT;
        }
      };
    }
  }

  /** A default. */
  static ConfigScalar implied(Place place, Kind kind, String text) {
    return new ConfigScalar(place, kind, text, text, false, true);
  }

  boolean isNull() {
    return kind == Kind.NULL;
  }

  ConfigScalar withKind(Kind other) {
    return new ConfigScalar(place, other, text, shown, loose, implied);
  }

  ConfigScalar withShown(String masked) {
    return new ConfigScalar(place, kind, text, masked, loose, implied);
  }

  /** The value as it may be printed. */
  @Override
  public String toString() {
    return shown;
  }
}
