package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  @Test
  void thePartitionWhoseMarkIsHeldNamesTheMessageItsKeyAndTheTime() {
    JsonObject held =
        new JsonObject()
            .put("source", "orders/1")
            .put("committed", "57")
            .put("lag", 1_200)
            .put("gap", 1_999)
            .put("gapAgeMillis", 83_000)
            .put("gapHolder", new JsonObject().put("position", "57").put("keyHash", "cafe"))
            .put("paused", true);
    JsonObject free = new JsonObject().put("source", "orders/2").put("committed", "").put("gap", 0);
    JsonObject pipeline =
        new JsonObject()
            .put("name", "orders")
            .put("state", "running")
            .put("grade", "A")
            .put("sources", new JsonArray().add(held).add(free));
    JsonObject status =
        new JsonObject()
            .put("name", "worker")
            .put("instance", "a")
            .put("state", "running")
            .put("since", "2026-01-31T12:00:00.123Z")
            .put("version", "1")
            .put("pipelines", new JsonArray().add(pipeline));

    assertThat(StatusText.lines(status))
        .contains(
            "  orders/1: committed 57, lag 1,200, gap 1,999 above 57 (key hash cafe)"
                + " for 1 min 23 s, held back",
            "  orders/2: committed nothing, lag unknown, gap 0");
  }
}
