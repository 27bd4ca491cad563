package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.sink.DeadLetterBox.Purged;
import org.junit.jupiter.api.Test;

class PurgeTextTest {
  private static final Purged COUNTED = new Purged(9, 7);

  @Test
  void whatWasDeletedIsToldAndNotWhatHadBeenCounted() {
    PurgeText told = new PurgeText("kafka orders.dlq", false, COUNTED, new Purged(9, 4));

    assertThat(told.line()).startsWith("kafka orders.dlq: 4 dead letters deleted; 5 more are");
    assertThat(told.json().getLong("deletable")).isEqualTo(7);
    assertThat(told.json().getLong("deleted")).isEqualTo(4);
  }

  @Test
  void withoutADeletionNoneIsTold() {
    PurgeText dry = new PurgeText("kafka orders.dlq", true, COUNTED, null);
    PurgeText declined = new PurgeText("kafka orders.dlq", false, COUNTED, null);

    assertThat(dry.line()).startsWith("kafka orders.dlq: 7 dead letters would be deleted; 2 more");
    assertThat(declined.line()).startsWith("kafka orders.dlq: 7 dead letters not deleted");
    assertThat(dry.json().getLong("deleted")).isZero();
    assertThat(declined.json().getLong("deleted")).isZero();
  }
}
