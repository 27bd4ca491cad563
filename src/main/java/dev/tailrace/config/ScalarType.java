package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of scalars; each knows the words for what is wrong with a value and what is right. */
sealed interface ScalarType extends ValueType {

  /** What is right: {@code an integer from 1 to 10}. */
  String phrase();

  /** What is wrong with a scalar that the JSON Schema refused. */
  String complaint(ConfigScalar scalar);

  /** A short name for tables: {@code duration}. */
  String label();

  /** True where {@code null} is a value: the key may be unset. */
  default boolean nullable() {
    return false;
  }

  /** The text in quotes, as messages show it. */
  static String quoted(ConfigScalar scalar) {
    String shown = scalar.shown();
    String cut = shown.length() > 80 ? shown.substring(0, 80) + "..." : shown;
    return scalar.isNull() ? "no value" : "'" + cut + "'";
  }

  /** Any text, or one of a form. */
  record Text(@Nullable String pattern, String phrase, boolean nullable) implements ScalarType {
    @Override
    public String complaint(ConfigScalar scalar) {
      boolean isText = scalar.kind() == ConfigScalar.Kind.TEXT;
      if (scalar.isNull()) {
        return "has no value";
      }
      return isText
          ? quoted(scalar) + " does not fit"
          : "is " + scalar.kind().noun() + ", not text; put it in quotes";
    }

    @Override
    public String label() {
      return "text";
    }
  }

  /** A whole number. */
  record Whole(long least, long most, boolean nullable) implements ScalarType {
    @Override
    public String phrase() {
      return most == Long.MAX_VALUE
          ? "an integer from " + least
          : "an integer from " + least + " to " + most;
    }

    @Override
    public String complaint(ConfigScalar scalar) {
      return scalar.kind() == ConfigScalar.Kind.INTEGER
          ? quoted(scalar) + " is out of range"
          : quoted(scalar) + " is not an integer";
    }

    @Override
    public String label() {
      return "integer";
    }
  }

  /** A number with its unit, or one word instead, such as {@code auto}. */
  record Measure(Quantity quantity, long least, long most, @Nullable String word)
      implements ScalarType {
    @Override
    public String phrase() {
      String or = word == null ? "" : word + " or ";
      boolean ranged = quantity == Quantity.PERCENT || least > 0 || most < quantity.ceiling();
      String range =
          !ranged
              ? ""
              : most == quantity.ceiling() && quantity != Quantity.PERCENT
                  ? " of at least " + quantity.print(least)
                  : " from " + quantity.print(least) + " to " + quantity.print(most);
      return or + quantity.phrase() + range;
    }

    @Override
    public String complaint(ConfigScalar scalar) {
      if (scalar.isNull()) {
        return "has no value";
      }
      if (Quantity.isBare(scalar.text())) {
        return quoted(scalar) + " has no unit";
      }
      return quantity.parse(scalar.text()).isPresent()
          ? quoted(scalar) + " is out of range"
          : quoted(scalar) + " is not a " + quantity.noun();
    }

    @Override
    public String label() {
      return word == null ? quantity.noun() : quantity.noun() + " or " + word;
    }
  }

  /** {@code true} or {@code false}. */
  record Flag() implements ScalarType {
    @Override
    public String phrase() {
      return "true or false";
    }

    @Override
    public String complaint(ConfigScalar scalar) {
      return quoted(scalar) + " is not a boolean";
    }

    @Override
    public String label() {
      return "boolean";
    }
  }

  /**
   * One of a few words.
   *
   * @param values the words
   * @param later words that will come, refused as not yet
   * @param point the extension point whose types are words as well, or null
   */
  record Choice(List<String> values, List<String> later, @Nullable ExtensionPoint point)
      implements ScalarType {
    @Override
    public String phrase() {
      return String.join(", ", values);
    }

    @Override
    public String complaint(ConfigScalar scalar) {
      if (later.contains(scalar.text())) {
        return quoted(scalar) + " is not yet built";
      }
      return scalar.isNull() ? "has no value" : quoted(scalar) + " is unknown";
    }

    @Override
    public String label() {
      return "choice";
    }

    /** The same choice with the words that the extensions of this schema add. */
    Choice composed(ConfigSchema schema) {
      if (point == null) {
        return this;
      }
      var all = new ArrayList<>(values);
      schema.fragments(point).forEach(fragment -> all.add(fragment.type()));
      return new Choice(List.copyOf(all), later, null);
    }
  }
}
