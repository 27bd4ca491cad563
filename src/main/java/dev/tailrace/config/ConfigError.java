package dev.tailrace.config;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One mistake in a configuration, or a warning of the same form. Prints as {@code error: PLACE:
 * path: problem; allowed}.
 *
 * @param severity whether the configuration is refused for it
 * @param place where it is
 * @param path the key, such as {@code pipelines.orders.timeout}; empty where it concerns a file
 * @param problem what is wrong
 * @param allowed what would be right: a phrase such as {@code allowed: true or false}
 */
public record ConfigError(
    Severity severity, Place place, String path, String problem, String allowed)
    implements Comparable<ConfigError> {

  /** How much it weighs. */
  public enum Severity {
    /** The configuration is refused. */
    ERROR,
    /** The configuration is accepted, save with {@code --strict}. */
    WARNING
  }

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  private static final Comparator<ConfigError> ORDER =
      Comparator.comparing(ConfigError::place)
          .thenComparing(ConfigError::path)
          .thenComparing(ConfigError::problem)
          .thenComparing(ConfigError::allowed)
          .thenComparing(ConfigError::severity);

  private static final int LONGEST = 500;

  /** Cuts what is too long to be read, and replaces what would break the line or the terminal. */
  public ConfigError {
    path = printable(path);
    problem = printable(problem);
    allowed = printable(allowed);
  }

  private static String printable(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  /** A mistake for which the configuration is refused. */
  public static ConfigError error(Place place, String path, String problem, String allowed) {
    return new ConfigError(Severity.ERROR, place, path, problem, allowed);
  }

  /** Something accepted that probably is not meant. */
  public static ConfigError warning(Place place, String path, String problem, String allowed) {
    return new ConfigError(Severity.WARNING, place, path, problem, allowed);
  }

  /** Sorts by place. */
  @Override
  public int compareTo(ConfigError other) {
    return ORDER.compare(this, other);
  }

  /** The one line that the user sees. */
  @Override
  public String toString() {
    String label = severity == Severity.ERROR ? "error" : "warning";
    String where = path.isEmpty() ? "" : path + ": ";
    return label + ": " + place + ": " + where + problem + "; " + allowed;
  }
}
