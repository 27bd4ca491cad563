package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits change while work goes on, and nothing passes the one that is in force. */
final class LimitsTest {
  private static final long BYTES = 1_000_000;

  private final PoolFixture pool = new PoolFixture(Order.UNORDERED, 4, 40, 4);
  private final Partition orders = pool.assign("orders");

  @Test
  void aLowerLimitEndsNothingAndNothingStartsUntilLessRunsThanItAllows() {
    pool.deliver(orders, "", "", "", "", "", "");
    assertThat(pool.running).hasSize(4);

    Future<Void> inForce = limit(2, 40, BYTES, 4);
    assertThat(pool.running).as("what runs, runs on").hasSize(4);
    pool.end("orders@0", Outcome.done());
    assertThat(inForce.isComplete()).isFalse();
    assertThat(pool.running).hasSize(3);
    pool.end("orders@1", Outcome.done());
    assertThat(inForce.succeeded()).as("as many run as may").isTrue();
    assertThat(pool.running.keySet()).containsExactly("orders@2", "orders@3");
    pool.end("orders@2", Outcome.done());

    assertThat(pool.running.keySet()).containsExactly("orders@3", "orders@4");
    assertThat(pool.contexts.values()).noneMatch(context -> context.cancelled());
    assertThat(pool.dispatcher.limit()).isEqualTo(2);
  }

  @Test
  void aHigherLimitStartsWhatWaitsAtOnce() {
    pool.deliver(orders, "", "", "", "", "", "");

    Future<Void> inForce = limit(6, 40, BYTES, 4);

    assertThat(inForce.succeeded()).isTrue();
    assertThat(pool.running).hasSize(6);
  }

  @Test
  void whatIsAskedForFollowsTheBuffer() {
    assertThat(credit()).isEqualTo(36);
    pool.deliver(orders, Collections.nCopies(20, "").toArray(String[]::new));

    Future<Void> inForce = limit(4, 10, BYTES, 4);
    assertThat(credit()).as("taken back").isZero();
    assertThat(inForce.isComplete()).as("more waits than it holds").isFalse();
    for (int i = 0; i < 6; i++) {
      pool.end("orders@" + i, Outcome.done());
    }
    assertThat(inForce.succeeded()).isTrue();
    assertThat(credit()).isZero();
    for (int i = 6; i < 20; i++) {
      pool.end("orders@" + i, Outcome.done());
    }
    assertThat(credit()).as("four are kept for what may have to wait again").isEqualTo(6);
    limit(4, 100, BYTES, 4);

    assertThat(credit()).isEqualTo(96);
  }

  @Test
  void bytesFollowToo() {
    assertThat(pool.bytes.get(orders)).isEqualTo(900_000);

    limit(4, 40, 400, 4);

    assertThat(pool.bytes.get(orders)).isEqualTo(360);
  }

  @Test
  void whatIsParkedStaysSoAndNoMoreParksThanTheNewestLimitAllows() {
    pool.deliver(orders, "", "", "", "");
    pool.end("orders@0", snooze());
    pool.end("orders@1", snooze());
    assertThat(counts().parked()).isEqualTo(2);

    Future<Void> inForce = limit(4, 40, BYTES, 1);
    pool.end("orders@2", snooze());

    assertThat(inForce.isComplete()).isFalse();
    assertThat(counts().parked()).isEqualTo(2);
    assertThat(counts().executing()).as("it waits with its permit").isEqualTo(2);
  }

  @Test
  void earlierChangesAreKeptWithTheNewest() {
    pool.deliver(orders, "", "", "", "");
    Future<Void> first = limit(1, 40, BYTES, 4);

    Future<Void> second = limit(4, 40, BYTES, 4);

    assertThat(first.succeeded()).isTrue();
    assertThat(second.succeeded()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whateverTheyBecomeTheOnesInForceHold(long seed) {
    Random random = new Random(seed);
    Bounds inForce = new Bounds(4, 40, 4);
    Bounds newest = inForce;
    Future<Void> kept = Future.succeededFuture();
    Partition other = pool.assign("other");
    int delivered = 0;
    for (int step = 0; step < 400; step++) {
      switch (random.nextInt(5)) {
        case 0 -> {
          newest = new Bounds(1 + random.nextInt(8), 6 + random.nextInt(60), 1 + random.nextInt(6));
          inForce = inForce.or(newest); // or what was in force before any of these changes
          kept = limit(newest.concurrency(), newest.buffer(), BYTES, newest.parked());
        }
        case 1, 2 -> {
          Partition partition = random.nextBoolean() ? orders : other;
          int most = pool.credit.getOrDefault(partition, 0);
          int count = most == 0 ? 0 : 1 + random.nextInt(most);
          pool.credit.merge(partition, -count, Integer::sum); // as a source counts what it brings
          pool.deliver(partition, Collections.nCopies(count, "").toArray(String[]::new));
          delivered += count;
        }
        case 3 -> endOne(random);
        default -> pool.world.runFor(Duration.ofMillis(random.nextInt(2_000)));
      }
      if (kept.isComplete()) {
        inForce = newest;
      }
      MessageCounts counts = counts();
      assertThat(counts.executing()).as("step %d", step).isLessThanOrEqualTo(inForce.concurrency());
      assertThat(counts.buffered() + counts.parked())
          .as("step %d", step)
          .isLessThanOrEqualTo(inForce.buffer());
      assertThat(counts.parked()).as("step %d", step).isLessThanOrEqualTo(inForce.parked());
    }
    for (int i = 0; i < 10_000 && counts().finishedTotal() < delivered; i++) {
      new ArrayList<>(pool.running.keySet()).forEach(name -> pool.end(name, Outcome.done()));
      pool.world.runFor(Duration.ofSeconds(1));
    }
    assertThat(counts().finishedTotal()).as("each of them ends").isEqualTo(delivered);
    assertThat(kept.succeeded()).isTrue();
  }

  private record Bounds(int concurrency, int buffer, int parked) {
    Bounds or(Bounds other) {
      return new Bounds(
          Math.max(concurrency, other.concurrency),
          Math.max(buffer, other.buffer),
          Math.max(parked, other.parked));
    }
  }

  private void endOne(Random random) {
    List<String> running = List.copyOf(pool.running.keySet());
    if (!running.isEmpty()) {
      String one = running.get(random.nextInt(running.size()));
      pool.end(one, random.nextInt(3) == 0 ? snooze() : Outcome.done());
    }
  }

  private static Outcome snooze() {
    return Outcome.snooze(Duration.ofSeconds(1));
  }

  private MessageCounts counts() {
    return pool.loop.call(pool.dispatcher::counts);
  }

  private int credit() {
    return pool.credit.getOrDefault(orders, 0);
  }

  private Future<Void> limit(int concurrency, int buffer, long bytes, int parked) {
    Future<Void> kept =
        pool.loop.call(
            () ->
                pool.dispatcher.limit(
                    new DispatchConfig(
                        "orders", Order.UNORDERED, concurrency, buffer, bytes, parked)));
    pool.world.runFor(Duration.ofMillis(1));
    return kept;
  }
}
