package dev.tailrace.app;

import dev.tailrace.app.DrainReport.AbandonedMessage;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.observe.MessageCounts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** Writes a drain report, whole or cut to the size of a pod's termination log. */
final class DrainReportJson {
  /** What Kubernetes keeps of a termination message. */
  static final int TERMINATION_LOG_BYTES = 4_096;

  private static final Cut NOTHING = new Cut(Integer.MAX_VALUE, Integer.MAX_VALUE, true);
  private static final List<Cut> CUTS =
      List.of(
          new Cut(DrainReport.MOST_NAMED, 200, false),
          new Cut(20, 100, false),
          new Cut(10, 60, false),
          new Cut(4, 40, false),
          new Cut(1, 20, false),
          new Cut(0, 0, false));

  private final DrainReport report;
  private final Cut cut;
  private boolean truncated; // confined to the caller, as the whole object is

  private DrainReportJson(DrainReport report, Cut cut) {
    this.report = report;
    this.cut = cut;
  }

  /**
   * What is left of lists and texts.
   *
   * @param items the most entries of one list; phases are always all there
   * @param text the most characters of free text
   * @param stacks whether stack traces are told
   */
  private record Cut(int items, int text, boolean stacks) {}

  static JsonObject whole(DrainReport report) {
    return new DrainReportJson(report, NOTHING).json();
  }

  static String terminationLog(DrainReport report) {
    String line = whole(report).encode();
    for (Cut cut : CUTS) {
      if (line.getBytes(StandardCharsets.UTF_8).length <= TERMINATION_LOG_BYTES) {
        return line;
      }
      line = new DrainReportJson(report, cut).json().encode();
    }
    return line;
  }

  private JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("schema", DrainReport.SCHEMA)
            .put("instance", text(report.identity().instance()))
            .put("incarnation", report.identity().incarnation())
            .put("host", text(report.identity().host()))
            .put("version", report.identity().version())
            .put("configSha256", report.configSha256())
            .put("reason", text(report.trigger().reason()))
            .put("trigger", report.trigger().kind().label())
            .put("strategy", report.strategy().label())
            .put("forcedBy", report.forcedBy() == null ? null : text(report.forcedBy()))
            .put("result", report.result().label())
            .put("exitCode", report.exitCode())
            .put("startedAt", report.timing().startedAt().toString())
            .put("endedAt", report.timing().endedAt().toString())
            .put("durationMillis", report.timing().duration().toMillis())
            .put("deadlineMillis", report.timing().deadline().toMillis())
            .put("phases", phases())
            .put("messages", messages())
            .put("positions", positions())
            .put("flushes", flushes())
            .put("errors", list(report.errors(), this::text));
    if (!report.complete()) {
      json.put("final", false);
    }
    if (truncated) {
      json.put("truncated", true);
    }
    return json;
  }

  private JsonArray phases() {
    JsonArray phases = new JsonArray();
    for (PhaseResult phase : report.phases()) {
      phases.add(
          new JsonObject()
              .put("name", phase.phase().label())
              .put("budgetMillis", phase.budget().toMillis())
              .put("durationMillis", phase.duration().toMillis())
              .put("result", phase.result().label())
              .put("detail", text(phase.detail())));
    }
    return phases;
  }

  private JsonObject messages() {
    MessageCounts start = report.messages().atStart();
    MessageCounts since = report.messages().since();
    return new JsonObject()
        .put("executingAtStart", start.executing())
        .put("bufferedAtStart", start.buffered())
        .put("parkedAtStart", start.parked())
        .put("finished", PoolStatus.finished(since))
        .put("released", since.released())
        .put(
            "abandoned",
            new JsonObject()
                .put("count", report.messages().abandoned())
                .put("first", list(report.messages().named(), this::abandoned)));
  }

  private JsonObject abandoned(AbandonedMessage message) {
    JsonObject json =
        new JsonObject()
            .put("pipeline", message.pipeline())
            .put("source", text(message.source()))
            .put("position", message.position())
            .put("epoch", message.epoch())
            .put("keyHash", message.keyHash())
            .put("attempt", message.attempt())
            .put("stage", message.stage())
            .put("claim", text(message.claim()))
            .put("ageMillis", message.ageMillis())
            .put("grade", message.grade())
            .put("repeat", message.repeat().label());
    if (cut.stacks()) {
      json.put("stack", new JsonArray(message.stack()));
    } else if (!message.stack().isEmpty()) {
      truncated = true;
    }
    return json;
  }

  private JsonArray positions() {
    return list(
        report.positions(),
        position ->
            new JsonObject()
                .put("source", text(position.source()))
                .put("committed", position.committed())
                .put("commit", position.commit()));
  }

  private JsonArray flushes() {
    return list(
        report.flushes(),
        flush ->
            new JsonObject()
                .put("name", text(flush.name()))
                .put("flushed", flush.flushed())
                .put("pending", flush.pending())
                .put("unknown", flush.unknown()));
  }

  private <T> JsonArray list(List<T> items, Function<T, Object> json) {
    JsonArray array = new JsonArray();
    items.stream().limit(cut.items()).map(json).forEach(array::add);
    truncated |= items.size() > cut.items();
    return array;
  }

  private String text(String text) {
    if (text.length() <= cut.text()) {
      return text;
    }
    truncated = true;
    return text.substring(0, cut.text());
  }
}
