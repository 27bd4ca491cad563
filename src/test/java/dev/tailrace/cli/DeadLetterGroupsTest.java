package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterHeaders;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeadLetterGroupsTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final DeadLetterGroups groups = new DeadLetterGroups();

  @Test
  void lettersAreCountedByReasonAndErrorClassTheMostFrequentFirst() {
    groups.add(letter("timed out", "java.lang.A", NOON.plusSeconds(5)));
    groups.add(letter("bad payload", "java.lang.B", NOON));
    groups.add(letter("timed out", "java.lang.A", NOON.minusSeconds(5)));
    groups.add(letter("timed out", "java.lang.C", NOON));

    assertThat(groups.letters()).isEqualTo(4);
    assertThat(groups.table())
        .containsExactly(
            "count  pipeline  reason       error class  first                 last",
            "    2  orders    timed out    java.lang.A  2026-01-31T11:59:55Z  2026-01-31T12:00:05Z",
            "    1  orders    bad payload  java.lang.B  2026-01-31T12:00:00Z  2026-01-31T12:00:00Z",
            "    1  orders    timed out    java.lang.C  2026-01-31T12:00:00Z  2026-01-31T12:00:00Z");
    JsonObject first = groups.json().getJsonArray("groups").getJsonObject(0);
    assertThat(first.getLong("count")).isEqualTo(2);
    assertThat(first.getString("first")).isEqualTo("2026-01-31T11:59:55Z");
    assertThat(first.getString("last")).isEqualTo("2026-01-31T12:00:05Z");
  }

  @Test
  void endlessReasonsAreCountedTogetherBeyondABound() {
    for (int i = 0; i < DeadLetterGroups.MOST_GROUPS + 500; i++) {
      groups.add(letter("order " + i, "", NOON));
    }
    groups.add(letter("order 3", "", NOON));

    assertThat(groups.letters()).isEqualTo(DeadLetterGroups.MOST_GROUPS + 501);
    JsonObject json = groups.json();
    assertThat(json.getJsonArray("groups")).hasSize(DeadLetterGroups.MOST_GROUPS + 1);
    assertThat(json.getJsonArray("groups").getJsonObject(0).getString("reason"))
        .isEqualTo("(other reasons)");
    assertThat(json.getJsonArray("groups").getJsonObject(1).getLong("count")).isEqualTo(2);
  }

  @Test
  void whereThereIsNothingThereIsNoTable() {
    assertThat(groups.table()).isEmpty();
  }

  private static DeadLetter letter(String reason, String errorClass, Instant written) {
    Headers headers =
        Headers.empty()
            .with(DeadLetterHeaders.PIPELINE, "orders")
            .with(DeadLetterHeaders.REASON, reason);
    Headers all =
        errorClass.isEmpty() ? headers : headers.with(DeadLetterHeaders.ERROR_CLASS, errorClass);
    return new DeadLetter(
        new TestMessage(Origin.offset("orders.dlq/0", 1), null, null, all, written));
  }
}
