package dev.tailrace.cli;

import static dev.tailrace.cli.Phrases.count;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A drain report in words. */
final class ReportText {
  private ReportText() {}

  /** All of it. */
  static List<String> lines(JsonObject report) {
    List<String> lines = new ArrayList<>(summary(report));
    lines.add(1, "  phases: " + phases(report));
    return lines;
  }

  /** All of it with its timeline, for those who read it later and elsewhere. */
  static List<String> whole(JsonObject report) {
    List<String> lines = new ArrayList<>(summary(report));
    lines.addAll(1, timeline(report));
    lines.add(
        1,
        "  of %s, incarnation %d, on %s, version %s"
            .formatted(
                report.getString("instance"),
                report.getLong("incarnation", 0L),
                report.getString("host"),
                report.getString("version")));
    lines.add(
        2,
        "  from %s to %s, strategy %s, trigger %s%s"
            .formatted(
                report.getString("startedAt"),
                report.getString("endedAt"),
                report.getString("strategy"),
                report.getString("trigger"),
                report.getString("forcedBy") == null
                    ? ""
                    : ", forced by " + report.getString("forcedBy")));
    StatusText.objects(report, "flushes").forEach(flush -> lines.add(flushed(flush)));
    if (report.getBoolean("truncated", false)) {
      lines.add("  it was cut to fit a termination log: the file of --report names more");
    }
    return lines;
  }

  /** Each phase in a line: when it began, how long it took of how much, and what it says. */
  private static List<String> timeline(JsonObject report) {
    List<String> lines = new ArrayList<>();
    long begun = 0;
    for (JsonObject phase : StatusText.objects(report, "phases")) {
      long took = phase.getLong("durationMillis", 0L);
      String result = phase.getString("result", "");
      String detail = phase.getString("detail", "");
      lines.add(
          "  %9s  %-15s  %s of %s%s%s"
              .formatted(
                  "+" + Phrases.duration(begun),
                  phase.getString("name"),
                  Phrases.duration(took),
                  Phrases.duration(phase.getLong("budgetMillis", 0L)),
                  result.equals("done") ? "" : ", " + result,
                  detail.isEmpty() ? "" : ": " + detail));
      begun += took;
    }
    return lines;
  }

  private static String flushed(JsonObject flush) {
    return "  flushed %s: %s, %s pending, %s unknown"
        .formatted(
            flush.getString("name"),
            count(flush.getLong("flushed", 0L)),
            count(flush.getLong("pending", 0L)),
            count(flush.getLong("unknown", 0L)));
  }

  /** Without the phases, for those who have watched them. */
  static List<String> summary(JsonObject report) {
    JsonObject messages = report.getJsonObject("messages", new JsonObject());
    JsonObject abandoned = messages.getJsonObject("abandoned", new JsonObject());
    List<String> lines = new ArrayList<>();
    lines.add(
        "Drain %s in %s of %s (%s): exit code %d."
            .formatted(
                report.getString("result"),
                Phrases.duration(report.getLong("durationMillis", 0L)),
                Phrases.duration(report.getLong("deadlineMillis", 0L)),
                report.getString("reason"),
                report.getInteger("exitCode", ExitCode.INCOMPLETE)));
    lines.add(
        "  in flight at its start: %s executing + %s buffered + %s parked"
            .formatted(
                count(messages.getLong("executingAtStart", 0L)),
                count(messages.getLong("bufferedAtStart", 0L)),
                count(messages.getLong("parkedAtStart", 0L))));
    lines.add(
        "  what became of them: %s, %s released, %s abandoned"
            .formatted(
                finished(messages.getJsonObject("finished", new JsonObject())),
                count(messages.getLong("released", 0L)),
                count(abandoned.getLong("count", 0L))));
    StatusText.objects(abandoned, "first").forEach(left -> lines.add(abandoned(left)));
    String positions = positions(report);
    if (!positions.isEmpty()) {
      lines.add("  positions: " + positions);
    }
    report.getJsonArray("errors", new JsonArray()).forEach(error -> lines.add("  error: " + error));
    return lines;
  }

  /** {@code finished 12 (done 11, dead-lettered 1)}. */
  static String finished(JsonObject finished) {
    long total = finished.stream().mapToLong(entry -> number(entry.getValue())).sum();
    String parts =
        finished.stream()
            .filter(entry -> number(entry.getValue()) > 0)
            .map(entry -> words(entry.getKey()) + " " + count(number(entry.getValue())))
            .collect(Collectors.joining(", "));
    return "finished " + count(total) + (parts.isEmpty() ? "" : " (" + parts + ")");
  }

  private static String phases(JsonObject report) {
    return StatusText.objects(report, "phases").stream()
        .map(
            phase ->
                phase.getString("name")
                    + " "
                    + Phrases.duration(phase.getLong("durationMillis", 0L))
                    + (phase.getString("result", "").equals("done")
                        ? ""
                        : " (" + phase.getString("result") + ")"))
        .collect(Collectors.joining(", "));
  }

  private static String positions(JsonObject report) {
    return StatusText.objects(report, "positions").stream()
        .filter(position -> !position.getString("committed", "").isEmpty())
        .map(
            position ->
                position.getString("source")
                    + " at "
                    + position.getString("committed")
                    + (position.getString("commit", "").equals("ok")
                        ? ""
                        : " (" + position.getString("commit") + ")"))
        .collect(Collectors.joining(", "));
  }

  private static String abandoned(JsonObject left) {
    return "    abandoned %s@%s: %s, attempt %d, received %s ago%s"
        .formatted(
            left.getString("source"),
            left.getString("position"),
            left.getString("stage"),
            left.getInteger("attempt", 0),
            Phrases.duration(left.getLong("ageMillis", 0L)),
            repeat(left.getString("repeat", "")));
  }

  /** A report of an older version does not say. */
  private static String repeat(String label) {
    return switch (label) {
      case "safe" -> "; safe to repeat";
      case "check" -> "; may have had its effect: check before it runs again";
      default -> "";
    };
  }

  /** {@code deadLettered} is {@code dead-lettered}. */
  private static String words(String label) {
    return label.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
