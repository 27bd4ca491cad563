package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.source.Partition;
import dev.tailrace.source.TestDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a model that looks at all partitions each time. */
class ReadyHeadsTest {
  private static final DispatchConfig CONFIG =
      new DispatchConfig("orders", Order.UNORDERED, 256, 2_048, 64L << 20, 512);

  private final List<PartitionBuffer> partitions = new ArrayList<>();
  private final ReadyHeads ready = new ReadyHeads(partitions);
  private final Tally tally = new Tally(ready);
  private final List<Entry> executing = new ArrayList<>();

  private long next;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theNextOneIsOfThePartitionThatHoldsTheFewestPermitsForItsWeight(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 7; i++) {
      int weight = i < 5 ? Credit.WEIGHT : Credit.WEIGHT_ASIDE;
      partitions.add(new PartitionBuffer(new Partition("p" + i, 1), CONFIG, weight));
    }
    for (int step = 0; step < 5_000; step++) {
      PartitionBuffer one = partitions.get(random.nextInt(partitions.size()));
      switch (random.nextInt(6)) {
        case 0, 1 -> arrive(one, random.nextBoolean());
        case 2, 3 -> start();
        case 4 -> end(random);
        default -> withdraw(one, random);
      }
      assertThat(ready.stream())
          .hasSize(partitions.stream().mapToInt(buffer -> buffer.ready.size()).sum());
    }
    assertThat(next).isGreaterThan(500);
  }

  private void arrive(PartitionBuffer home, boolean first) {
    TestMessage message = TestMessage.of(Origin.offset(home.partition.source(), next++), null);
    Entry entry = new Entry(TestDelivery.of(message).in(home.partition), home, 0);
    tally.received(entry);
    if (first) {
      ready.addFirst(entry);
    } else {
      ready.add(entry);
    }
  }

  private void start() {
    int fewest =
        partitions.stream()
            .filter(buffer -> !buffer.ready.isEmpty())
            .mapToInt(ReadyHeadsTest::level)
            .min()
            .orElse(-1);
    List<@Nullable Entry> heads = new ArrayList<>();
    partitions.forEach(buffer -> heads.add(buffer.ready.peekFirst()));
    Entry entry = ready.poll();
    if (entry == null) {
      assertThat(fewest).as("nothing is ready").isNegative();
    } else {
      assertThat(level(entry.home)).isEqualTo(fewest);
      assertThat(entry).isSameAs(heads.get(partitions.indexOf(entry.home)));
      tally.move(entry, Entry.Stage.EXECUTING);
      executing.add(entry);
    }
  }

  private void end(Random random) {
    if (!executing.isEmpty()) {
      Entry entry = executing.remove(random.nextInt(executing.size()));
      tally.released(entry);
    }
  }

  private void withdraw(PartitionBuffer home, Random random) {
    if (!home.ready.isEmpty()) {
      Entry entry = List.copyOf(home.ready).get(random.nextInt(home.ready.size()));
      ready.remove(entry);
      tally.released(entry);
    }
  }

  private static int level(PartitionBuffer home) {
    return home.executing * Credit.WEIGHT / home.weight;
  }
}
