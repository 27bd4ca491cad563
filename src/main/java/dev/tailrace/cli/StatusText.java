package dev.tailrace.cli;

import static dev.tailrace.cli.Phrases.count;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The JSON of {@code /status} in words. */
final class StatusText {
  private StatusText() {}

  static List<String> lines(JsonObject status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, instance %s: %s since %s (Tailrace %s)"
            .formatted(
                status.getString("name"),
                status.getString("instance"),
                status.getString("state"),
                second(status),
                status.getString("version")));
    objects(status, "dependencies").forEach(need -> lines.add(dependency(need)));
    objects(status, "pipelines").forEach(pipeline -> pipeline(lines, pipeline));
    JsonObject drain = status.getJsonObject("drain", new JsonObject());
    long estimate = drain.getLong("estimateMillis", -1L);
    if (estimate >= 0) {
      lines.add(
          "a drain would take about %s and %s the deadline"
              .formatted(
                  Phrases.duration(estimate),
                  Boolean.TRUE.equals(drain.getBoolean("fits")) ? "fits" : "does not fit"));
    }
    JsonObject report = drain.getJsonObject("report");
    if (report != null) {
      lines.addAll(ReportText.lines(report));
    }
    return lines;
  }

  private static String dependency(JsonObject need) {
    String error = need.getString("error");
    return "  %s: %s since %s%s"
        .formatted(
            need.getString("name"),
            need.getString("state"),
            second(need),
            error == null ? "" : " (" + error + ")");
  }

  private static void pipeline(List<String> lines, JsonObject pipeline) {
    JsonArray pausedBy = pipeline.getJsonArray("pausedBy", new JsonArray());
    lines.add(
        "pipeline %s: %s%s, grade %s"
            .formatted(
                pipeline.getString("name"),
                pipeline.getString("state"),
                pausedBy.isEmpty() ? "" : " by " + pausedBy.encode(),
                pipeline.getString("grade")));
    JsonObject messages = pipeline.getJsonObject("messages", new JsonObject());
    JsonObject inFlight = pipeline.getJsonObject("inFlight", new JsonObject());
    lines.add(
        "  received %s = %s + released %s + abandoned %s + in flight %s"
            .formatted(
                count(messages.getLong("received", 0L)),
                ReportText.finished(messages.getJsonObject("finished", new JsonObject())),
                count(messages.getLong("released", 0L)),
                count(messages.getLong("abandoned", 0L)),
                count(messages.getLong("inFlight", 0L))));
    lines.add(
        "  executing %s, buffered %s, parked %s (%s bytes)"
            .formatted(
                count(inFlight.getLong("executing", 0L)),
                count(inFlight.getLong("buffered", 0L)),
                count(inFlight.getLong("parked", 0L)),
                count(inFlight.getLong("bytes", 0L))));
    JsonObject oldest = pipeline.getJsonObject("oldest");
    if (oldest != null) {
      lines.add(
          "  oldest %s@%s%s: %s, attempt %d, received %s ago"
              .formatted(
                  oldest.getString("source"),
                  oldest.getString("position"),
                  key(oldest),
                  oldest.getString("stage"),
                  oldest.getInteger("attempt", 0),
                  Phrases.duration(oldest.getLong("ageMillis", 0L))));
    }
    objects(pipeline, "sources").forEach(source -> lines.add(source(source)));
  }

  private static String source(JsonObject source) {
    long lag = source.getLong("lag", -1L);
    return "  %s: committed %s, lag %s, gap %s%s%s"
        .formatted(
            source.getString("source"),
            source.getString("committed", "").isEmpty() ? "nothing" : source.getString("committed"),
            lag < 0 ? "unknown" : count(lag),
            count(source.getLong("gap", 0L)),
            holder(source),
            Boolean.TRUE.equals(source.getBoolean("paused")) ? ", held back" : "");
  }

  private static String holder(JsonObject source) {
    JsonObject holder = source.getJsonObject("gapHolder");
    return holder == null
        ? ""
        : " above %s%s for %s"
            .formatted(
                holder.getString("position"),
                key(holder),
                Phrases.duration(source.getLong("gapAgeMillis", 0L)));
  }

  private static String key(JsonObject message) {
    String hash = message.getString("keyHash", "");
    return hash.isEmpty() ? "" : " (key hash " + hash + ")";
  }

  /** People need no fraction of a second. */
  private static String second(JsonObject since) {
    return since.getString("since", "").replaceFirst("\\.\\d+Z$", "Z");
  }

  static List<JsonObject> objects(JsonObject parent, String key) {
    return parent.getJsonArray(key, new JsonArray()).stream().map(JsonObject.class::cast).toList();
  }
}
