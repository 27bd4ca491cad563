package dev.tailrace.cli;

import dev.tailrace.sink.ReplayPlan;
import dev.tailrace.sink.ReplayReport;
import dev.tailrace.sink.ReplayReport.Counts;
import dev.tailrace.sink.ReplayReport.Ending;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a replay went, in words and as JSON.
 *
 * @param from where the dead letters lie
 * @param plan what was to be done
 * @param report what was done
 * @param took how long
 */
record ReplayText(String from, ReplayPlan plan, ReplayReport report, Duration took) {

  /** 5 where a broker failed, 1 where letters that are meant were not sent, else 0. */
  int exitCode() {
    if (report.ending() == Ending.FAILED) {
      return ExitCode.UNREACHABLE;
    }
    Counts counts = report.counts();
    boolean all = counts.refused() == 0 && counts.homeless() == 0;
    return all && report.ending() != Ending.STOPPED ? ExitCode.OK : ExitCode.FAILURE;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Counts counts = report.counts();
    boolean dry = plan.pace().dryRun();
    lines.add(
        "%s: %s %s in %s"
            .formatted(
                from,
                Phrases.count(counts.replayed(), "dead letter"),
                dry ? "would be replayed, counted" : "replayed",
                Phrases.duration(took)));
    report
        .destinations()
        .forEach((to, count) -> lines.add("  " + Phrases.count(count) + " → " + to));
    also(lines, counts.passed(), "not meant, passed over");
    also(lines, counts.homeless(), "without an origin, passed over");
    also(lines, counts.refused(), "refused by their destination, passed over");
    report.named().forEach(one -> lines.add("    " + PayloadPreview.line(one)));
    also(lines, counts.uncertain(), "under way, not confirmed: they are sent once more next time");
    lines.add("  " + begin());
    if (report.resumed() && counts.replayed() == 0 && report.ending() == Ending.COMPLETE) {
      lines.add("  nothing is new since; --again sends all once more, as new messages");
    }
    lines.add("  " + end(dry));
    return lines;
  }

  private static void also(List<String> lines, long count, String what) {
    if (count > 0) {
      lines.add("  " + Phrases.count(count) + " " + what);
    }
  }

  private String begin() {
    String round = report.round() > 1 ? " (round " + report.round() + ")" : "";
    return (report.resumed() ? "it went on where it had stopped" : "it began with the first")
        + round;
  }

  private String end(boolean dry) {
    String again = "the same command goes on from there";
    return switch (report.ending()) {
      case COMPLETE -> dry ? "no more letters" : "no more letters; " + again + " when there are";
      case LIMIT -> dry ? "--limit reached" : "--limit reached; " + again;
      case STOPPED -> "stopped; " + again;
      case FAILED -> "failed: " + PayloadPreview.line(failure()) + "; " + again;
    };
  }

  private String failure() {
    Throwable failure = report.failure();
    return failure == null || failure.getMessage() == null
        ? String.valueOf(failure)
        : failure.getMessage();
  }

  JsonObject json() {
    Counts counts = report.counts();
    JsonObject destinations = new JsonObject();
    for (Map.Entry<String, Long> entry : report.destinations().entrySet()) {
      destinations.put(entry.getKey(), entry.getValue());
    }
    JsonObject json =
        new JsonObject()
            .put("destination", from)
            .put("ending", report.ending().name().toLowerCase(Locale.ROOT))
            .put("dryRun", plan.pace().dryRun())
            .put("bookmark", plan.bookmark())
            .put("round", report.round())
            .put("resumed", report.resumed())
            .put("replayed", counts.replayed())
            .put("uncertain", counts.uncertain())
            .put("refused", counts.refused())
            .put("withoutOrigin", counts.homeless())
            .put("passed", counts.passed())
            .put("sentTo", destinations)
            .put("named", new JsonArray(report.named()))
            .put("durationMillis", took.toMillis());
    return report.failure() == null ? json : json.put("error", failure());
  }
}
