package dev.tailrace.bench;

import io.vertx.core.json.JsonObject;

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
 * @param wrong messages that came out of order or twice, as far as was looked
 * @param p50Micros on the way, where that was measured
 * @param p99Micros likewise
 */
record Measured(
    double perSecond,
    double cpuMicros,
    double threadMicros,
    double allocated,
    long handled,
    long committed,
    long compileMillis,
    long wrong,
    double p50Micros,
    double p99Micros) {
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
        result.getLong("wrong"),
        result.getLong("p50Nanos") / 1e3,
        result.getLong("p99Nanos") / 1e3);
  }
}
