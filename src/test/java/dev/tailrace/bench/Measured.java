package dev.tailrace.bench;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One round of one contender.
 *
 * @param perSecond messages
 * @param cpuMicros of the process, each message
 * @param threadMicros of these, those of Java code; the rest is the collector's and the compiler's
 * @param allocated bytes, each message
 * @param handled messages from its start to its end
 * @param committed messages below the positions that the broker held at its end
 * @param compileMillis that the JVM's compilers worked meanwhile
 * @param unended instances that failed to end
 * @param wrong messages that came out of order or twice, as far as was looked
 * @param p50Micros on the way, where that was measured
 * @param p99Micros likewise
 * @param hottestPerSecond messages of the most frequent key, where they were counted
 * @param commitMillis from the wish to stop until the last commit was confirmed, where that was
 *     watched
 * @param stopMillis from the wish to stop until all was committed and closed, or the process gone
 * @param reportMillis of these, those that the process reports itself, where it does
 */
record Measured(
    double perSecond,
    double cpuMicros,
    double threadMicros,
    double allocated,
    long handled,
    long committed,
    long compileMillis,
    long unended,
    long wrong,
    double p50Micros,
    double p99Micros,
    double hottestPerSecond,
    double commitMillis,
    double stopMillis,
    double reportMillis) {
  static Measured of(JsonObject result, long committed) {
    double messages = result.getLong("messages");
    if (messages <= 0 || result.getLong("checked") <= 0) {
      throw new IllegalStateException("nothing was worked on: " + result);
    }
    return new Measured(
        messages * 1e9 / result.getLong("nanos"),
        result.getLong("cpuNanos") / 1e3 / messages,
        result.getLong("threadNanos") / 1e3 / messages,
        result.getLong("allocated") / messages,
        result.getLong("handled"),
        committed,
        result.getLong("compileMillis"),
        result.getBoolean("ended") ? 0 : 1,
        result.getLong("wrong"),
        result.getLong("p50Nanos") / 1e3,
        result.getLong("p99Nanos") / 1e3,
        result.getLong("hottest") * 1e9 / result.getLong("nanos"),
        result.getLong("commitMillis"),
        result.getLong("stopMillis"),
        0);
  }

  /**
   * Several instances that ran at once: rates add up, and each message costs as much on average.
   */
  static Measured together(List<JsonObject> results, long committed) {
    List<Measured> each = results.stream().map(result -> of(result, 0)).toList();
    return new Measured(
        each.stream().mapToDouble(Measured::perSecond).sum(),
        average(each, Measured::cpuMicros),
        average(each, Measured::threadMicros),
        average(each, Measured::allocated),
        each.stream().mapToLong(Measured::handled).sum(),
        committed,
        each.stream().mapToLong(Measured::compileMillis).sum(),
        each.stream().mapToLong(Measured::unended).sum(),
        each.stream().mapToLong(Measured::wrong).sum(),
        average(each, Measured::p50Micros),
        average(each, Measured::p99Micros),
        each.stream().mapToDouble(Measured::hottestPerSecond).sum(),
        average(each, Measured::commitMillis),
        average(each, Measured::stopMillis),
        0);
  }

  /** The end of a process of which nothing else was measured. */
  static Measured end(double commitMillis, double stopMillis, double reportMillis) {
    return new Measured(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, commitMillis, stopMillis, reportMillis);
  }

  private static double average(List<Measured> each, ToDoubleFunction<Measured> column) {
    return each.stream().mapToDouble(column).average().orElse(0);
  }
}
