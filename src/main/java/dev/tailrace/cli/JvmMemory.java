package dev.tailrace.cli;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as Kubernetes and the options of the JVM write them. */
final class JvmMemory {
  /** What the JVM takes of a container's memory when nobody says how much. */
  private static final double DEFAULT_PERCENT = 25;

  private static final Pattern QUANTITY = Pattern.compile("([0-9]+)(Ki|Mi|Gi|k|M|G)?");
  private static final Pattern MOST = Pattern.compile("-Xmx([0-9]+)([kKmMgG]?)(?=\\s|$)");
  private static final Pattern PERCENT =
      Pattern.compile("-XX:MaxRAMPercentage=([0-9]+(?:\\.[0-9]+)?)(?=\\s|$)");

  private JvmMemory() {}

  /** Bytes of a quantity such as {@code 512Mi}; empty where it is none. */
  static OptionalLong bytes(String quantity) {
    Matcher size = QUANTITY.matcher(quantity);
    if (!size.matches()) {
      return OptionalLong.empty();
    }
    String unit = size.group(2) == null ? "" : size.group(2);
    long step = unit.endsWith("i") ? 1_024 : 1_000;
    long bytes = Long.parseLong(size.group(1));
    for (int power = power(unit); power > 0; power--) {
      bytes *= step;
    }
    return OptionalLong.of(bytes);
  }

  /** Of a thousand, or of 1,024: one for k, two for m, three for g, none without a unit. */
  private static int power(String unit) {
    return unit.isEmpty() ? 0 : "kmg".indexOf(unit.toLowerCase(Locale.ROOT).charAt(0)) + 1;
  }

  /**
   * The most that the heap grows to.
   *
   * @param options of the JVM, with blanks between
   * @param container bytes of its memory limit
   */
  static long heap(String options, long container) {
    Matcher most = MOST.matcher(options);
    if (most.find()) {
      return Long.parseLong(most.group(1)) << (10 * power(most.group(2)));
    }
    Matcher percent = PERCENT.matcher(options);
    double share = percent.find() ? Double.parseDouble(percent.group(1)) : DEFAULT_PERCENT;
    return (long) (container * share / 100);
  }
}
