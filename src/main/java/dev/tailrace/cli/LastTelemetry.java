package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.PhaseResult;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a drain leaves behind for telemetry, in the JSON of OTLP: its report as a log record, the
 * last numbers of all meters of the pool, and a trace of its phases.
 *
 * @param report as far as it is known
 * @param random for the ids of the trace
 */
record LastTelemetry(DrainReport report, RandomGenerator random) {
  private static final String METERS = "tailrace.";
  private static final int INFO = 9;
  private static final int CUMULATIVE = 2;
  private static final int INTERNAL = 1;

  /**
   * One request to a receiver of OTLP.
   *
   * @param path below its address
   * @param body in JSON
   */
  record Batch(String path, JsonObject body) {}

  /**
   * One of the three things that are told.
   *
   * @param name logs, metrics or traces
   * @param items so many records, numbers or spans
   * @param batch in which they go
   */
  record Signal(String name, int items, Batch batch) {}

  /** Log, metrics and trace. */
  List<Signal> signals(MeterRegistry registry) {
    return List.of(
        signal("logs", List.of("resourceLogs", "scopeLogs", "logRecords"), logs()),
        signal("metrics", List.of("resourceMetrics", "scopeMetrics", "metrics"), meters(registry)),
        signal("traces", List.of("resourceSpans", "scopeSpans", "spans"), spans()));
  }

  private Signal signal(String name, List<String> levels, JsonArray items) {
    JsonObject body = wrapped(levels.get(0), levels.get(1), levels.get(2), items);
    return new Signal(name, items.size(), new Batch("/v1/" + name, body));
  }

  private JsonObject wrapped(String resources, String scopes, String name, JsonArray items) {
    PoolIdentity who = report.identity();
    JsonObject resource =
        new JsonObject()
            .put(
                "attributes",
                attributes(
                    Map.of(
                        "service.name", who.name(),
                        "service.instance.id", who.instance(),
                        "service.version", who.version(),
                        "host.name", who.host())));
    JsonObject scope = new JsonObject().put("scope", new JsonObject().put("name", "dev.tailrace"));
    return new JsonObject()
        .put(
            resources,
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("resource", resource)
                        .put(scopes, new JsonArray().add(scope.put(name, items)))));
  }

  private JsonArray logs() {
    return new JsonArray()
        .add(
            new JsonObject()
                .put("timeUnixNano", nanos(report.timing().endedAt()))
                .put("severityNumber", INFO)
                .put("severityText", "INFO")
                .put("body", new JsonObject().put("stringValue", report.toJson().encode()))
                .put("attributes", attributes(Map.of("event.name", "drain_report"))));
  }

  private JsonArray meters(MeterRegistry registry) {
    JsonArray metrics = new JsonArray();
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getName().startsWith(METERS)) {
        meter.measure().forEach(measured -> add(metrics, meter.getId(), measured));
      }
    }
    return metrics;
  }

  private void add(JsonArray metrics, Meter.Id id, Measurement measured) {
    double value = measured.getValue();
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return; // JSON has no word for it
    }
    JsonArray labels = new JsonArray();
    id.getTags().forEach(tag -> labels.add(attribute(tag.getKey(), tag.getValue())));
    JsonObject point =
        new JsonObject()
            .put("timeUnixNano", nanos(report.timing().endedAt()))
            .put("asDouble", value)
            .put("attributes", labels);
    Statistic statistic = measured.getStatistic();
    boolean plain = statistic == Statistic.VALUE || id.getType() == Meter.Type.COUNTER;
    JsonObject data = new JsonObject().put("dataPoints", new JsonArray().add(point));
    boolean sum = statistic != Statistic.VALUE && statistic != Statistic.MAX;
    if (sum) {
      data.put("aggregationTemporality", CUMULATIVE).put("isMonotonic", true);
    }
    metrics.add(
        new JsonObject()
            .put(
                "name",
                plain ? id.getName() : id.getName() + "." + statistic.getTagValueRepresentation())
            .put("unit", id.getBaseUnit() == null ? "" : id.getBaseUnit())
            .put(sum ? "sum" : "gauge", data));
  }

  private JsonArray spans() {
    String trace = id(16);
    String root = id(8);
    Instant begin = report.timing().startedAt();
    JsonArray spans = new JsonArray();
    spans.add(
        span(trace, root, "drain", begin, report.timing().duration())
            .put(
                "attributes",
                attributes(
                    Map.of(
                        "tailrace.trigger", report.trigger().kind().label(),
                        "tailrace.reason", report.trigger().reason(),
                        "tailrace.result", report.result().label()))));
    Instant at = begin;
    for (PhaseResult phase : report.phases()) {
      spans.add(
          span(trace, id(8), phase.phase().label(), at, phase.duration())
              .put("parentSpanId", root)
              .put("attributes", attributes(Map.of("tailrace.result", phase.result().label()))));
      at = at.plus(phase.duration());
    }
    return spans;
  }

  private static JsonObject span(
      String trace, String span, String name, Instant begin, Duration took) {
    return new JsonObject()
        .put("traceId", trace)
        .put("spanId", span)
        .put("name", name)
        .put("kind", INTERNAL)
        .put("startTimeUnixNano", nanos(begin))
        .put("endTimeUnixNano", nanos(begin.plus(took)));
  }

  private String id(int bytes) {
    byte[] chance = new byte[bytes];
    random.nextBytes(chance);
    return HexFormat.of().formatHex(chance);
  }

  /** As text, since JSON's numbers do not hold it. */
  private static String nanos(Instant at) {
    return at.getEpochSecond() + "%09d".formatted(at.getNano());
  }

  private static JsonArray attributes(Map<String, String> values) {
    JsonArray attributes = new JsonArray();
    values.forEach((key, value) -> attributes.add(attribute(key, value)));
    return attributes;
  }

  private static JsonObject attribute(String key, String value) {
    return new JsonObject()
        .put("key", key)
        .put("value", new JsonObject().put("stringValue", value));
  }
}
