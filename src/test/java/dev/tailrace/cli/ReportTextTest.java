package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ReportTextTest {
  @Test
  void aReportSaysWhatBecameOfWhatAndWhatTheProcessEndsWith() {
    JsonObject report =
        new JsonObject()
            .put("result", "incomplete")
            .put("exitCode", 4)
            .put("reason", "SIGTERM")
            .put("durationMillis", 12_345)
            .put("deadlineMillis", 25_000)
            .put(
                "phases",
                new JsonArray()
                    .add(phase("unready", 3, "done"))
                    .add(phase("drain", 12_000, "overran")))
            .put("messages", messages())
            .put(
                "positions",
                new JsonArray()
                    .add(position("orders/0", "57", "ok"))
                    .add(position("orders/1", "12", "unknown")))
            .put("errors", new JsonArray().add("the store went away"));

    assertThat(ReportText.lines(report))
        .containsExactly(
            "Drain incomplete in 12.3 s of 25.0 s (SIGTERM): exit code 4.",
            "  phases: unready 3 ms, drain 12.0 s (overran)",
            "  in flight at its start: 3 executing + 1,200 buffered + 2 parked",
            "  what became of them: finished 1,202 (done 1,200, dead-lettered 2), 2 released,"
                + " 1 abandoned",
            "    abandoned orders/1@12: executing, attempt 2, received 1 min 5 s ago",
            "  positions: orders/0 at 57, orders/1 at 12 (unknown)",
            "  error: the store went away");
  }

  @Test
  void theWholeReportHasItsTimelineAndWhoItIsOf() {
    JsonObject report =
        new JsonObject()
            .put("result", "forced")
            .put("exitCode", 4)
            .put("reason", "SIGTERM")
            .put("trigger", "signal")
            .put("strategy", "immediate")
            .put("forcedBy", "SIGINT")
            .put("instance", "w1")
            .put("incarnation", 3)
            .put("host", "h")
            .put("version", "1.0")
            .put("startedAt", "2026-01-01T00:00:00Z")
            .put("endedAt", "2026-01-01T00:00:12Z")
            .put("durationMillis", 12_003)
            .put("deadlineMillis", 25_000)
            .put(
                "phases",
                new JsonArray()
                    .add(phase("unready", 3, "done").put("budgetMillis", 1_250))
                    .add(
                        phase("drain", 12_000, "overran")
                            .put("budgetMillis", 12_000)
                            .put("detail", "2 still run")))
            .put("messages", messages())
            .put(
                "flushes",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("name", "marks")
                            .put("flushed", 1_200)
                            .put("pending", 0)
                            .put("unknown", 1)))
            .put("truncated", true);

    assertThat(ReportText.whole(report))
        .containsExactly(
            "Drain forced in 12.0 s of 25.0 s (SIGTERM): exit code 4.",
            "  of w1, incarnation 3, on h, version 1.0",
            "  from 2026-01-01T00:00:00Z to 2026-01-01T00:00:12Z, strategy immediate,"
                + " trigger signal, forced by SIGINT",
            "      +0 ms  unready          3 ms of 1.3 s",
            "      +3 ms  drain            12.0 s of 12.0 s, overran: 2 still run",
            "  in flight at its start: 3 executing + 1,200 buffered + 2 parked",
            "  what became of them: finished 1,202 (done 1,200, dead-lettered 2), 2 released,"
                + " 1 abandoned",
            "    abandoned orders/1@12: executing, attempt 2, received 1 min 5 s ago",
            "  flushed marks: 1,200, 0 pending, 1 unknown",
            "  it was cut to fit a termination log: the file of --report names more");
  }

  private static JsonObject messages() {
    JsonObject left =
        new JsonObject()
            .put("source", "orders/1")
            .put("position", "12")
            .put("stage", "executing")
            .put("ageMillis", 65_000)
            .put("attempt", 2);
    return new JsonObject()
        .put("executingAtStart", 3)
        .put("bufferedAtStart", 1_200)
        .put("parkedAtStart", 2)
        .put("finished", new JsonObject().put("done", 1_200).put("deadLettered", 2).put("moved", 0))
        .put("released", 2)
        .put("abandoned", new JsonObject().put("count", 1).put("first", new JsonArray().add(left)));
  }

  private static JsonObject phase(String name, long millis, String result) {
    return new JsonObject().put("name", name).put("durationMillis", millis).put("result", result);
  }

  private static JsonObject position(String source, String committed, String commit) {
    return new JsonObject().put("source", source).put("committed", committed).put("commit", commit);
  }
}
