package dev.tailrace.cli;

import dev.tailrace.config.Suggestions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Numbers and times as people say them. */
final class Phrases {
  private Phrases() {}

  /** {@code 85 ms}, {@code 1.8 s}, {@code 12 min 3 s}, {@code 5 h 2 min}. */
  static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
    Duration duration = Duration.ofMillis(millis);
    return duration.toHours() > 0
        ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
        : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
  }

  static String duration(Duration duration) {
    return duration(duration.toMillis());
  }

  /** {@code there is no pipeline 'order'; did you mean 'orders'?}. */
  static String unknownPipeline(String name, List<String> known) {
    return "there is no pipeline '"
        + name
        + "'; "
        + Suggestions.nearest(name, known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("there are: " + String.join(", ", known));
  }

  /** {@code 1,234,567}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 message}, {@code 3 messages}. */
  static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }
}
