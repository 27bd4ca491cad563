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
            "    abandoned orders/1@12: executing for 1 min 5 s, attempt 2",
            "  positions: orders/0 at 57, orders/1 at 12 (unknown)",
            "  error: the store went away");
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
