package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.observe.KeyHash;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.Partition;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who holds the marks is found wherever in the pool it is. */
final class MarkHoldersTest {
  private final PoolFixture pool = new PoolFixture(Order.KEY, 2, 100, 10);

  private Map<String, MarkHolder> holders() {
    return pool.loop.call(pool.dispatcher::markHolders);
  }

  private static MarkHolder holder(String position, String key) {
    return new MarkHolder(position, KeyHash.of(Buffer.buffer(key)));
  }

  @Test
  void itIsTheLowestOfEachPartitionWhetherItRunsWaitsOrIsParked() {
    Partition first = pool.assign("orders/0");
    Partition second = pool.assign("orders/1");
    pool.deliver(first, "a", "a", "b");
    pool.deliver(second, "c", "d");
    assertThat(holders())
        .isEqualTo(Map.of("orders/0", holder("0", "a"), "orders/1", holder("3", "c")));

    pool.end("orders/0@0", Outcome.retry("again", Duration.ofHours(1)));
    assertThat(holders()).as("parked").containsEntry("orders/0", holder("0", "a"));

    pool.end("orders/0@2", Outcome.done());
    pool.end("orders/1@3", Outcome.done());
    assertThat(holders())
        .isEqualTo(Map.of("orders/0", holder("0", "a"), "orders/1", holder("4", "d")));
  }

  @Test
  void itHasNoHashWithoutAKeyAndWhatIsNotOursAnyMoreHoldsNothing() {
    Partition partition = pool.assign("orders/0");
    pool.deliver(partition, "");
    assertThat(holders()).isEqualTo(Map.of("orders/0", new MarkHolder("0", "")));

    pool.loop.turn(() -> pool.dispatcher.lost(List.of(partition)));
    assertThat(holders()).isEmpty();
  }
}
