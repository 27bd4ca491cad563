package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.CommitTarget;
import dev.tailrace.source.IdleSource;
import dev.tailrace.source.OwnedPartitions;
import dev.tailrace.source.Partition;
import dev.tailrace.source.PolledRecord;
import dev.tailrace.source.Position;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Partitions whose handlers never end, each with more polled than its share of the buffer, beside
 * others: the pool and the partitions on the loop are the production's, before a client that polls
 * as soon as it is let, and brings all that a poll may.
 */
class StuckPartitionsTest {
  private static final int PARTITIONS = 12;
  private static final int STUCK = 10;
  private static final int POLL = 50;
  private static final int CONCURRENCY = 20;
  private static final int MOST = 400; // of the buffer, without what is kept for retries
  private static final Duration RUN = Duration.ofSeconds(20);

  @SuppressWarnings("NullAway") // the one value that Void has
  private static final Reply<Void> DONE = Reply.ok(null);

  private static final Duration HANDLING = Duration.ofMillis(5);

  @Test
  void severalThatAreStuckLeaveTheOthersNineTenthsOfWhatTheyDidWithoutThem() {
    Member without = new Member(STUCK).run();
    Member beside = new Member(0).run();

    for (int number = STUCK; number < PARTITIONS; number++) {
      assertThat(beside.finished[number])
          .as("partition %s of %s", number, Arrays.toString(beside.finished))
          .isGreaterThanOrEqualTo(9 * without.finished[number] / 10)
          .isPositive();
    }
    assertThat(beside.mostHeld).as("here and in the pool").isBetween(0L + MOST, MOST + POLL - 1L);
    assertThat(beside.rereads).as("what stood still").isPositive();
  }

  /** One consumer and its client, which has all messages of all its partitions at hand. */
  private static final class Member implements IdleSource, OwnedPartitions.Poller, CommitTarget {
    private final Simulation world = Simulation.seeded(1);
    private final SimulatedLoop loop = world.loop("consumer");
    private final int first; // partitions below have no messages
    private final Dispatcher pool;
    private final OwnedPartitions partitions;
    private final boolean[] flowing = new boolean[PARTITIONS];
    private final long[] next = new long[PARTITIONS];
    private final int[] finished = new int[PARTITIONS];
    private boolean polling;
    private int turn; // the partition that the next poll looks at first
    private long here; // polled, and neither in the pool by now nor given back
    private long mostHeld;
    private int rereads;

    Member(int first) {
      this.first = first;
      DispatchConfig limits =
          new DispatchConfig(
              "orders", Order.PARTITION, CONCURRENCY, MOST + CONCURRENCY, 1 << 30, CONCURRENCY);
      MessageHandler handler = (message, context) -> handle(message.origin().source());
      Crew crew =
          new Crew(
              "orders",
              loop,
              new PoolEvents() {},
              handler,
              new Workers("orders", 1),
              Crew.Timing.of(Duration.ofHours(1)),
              RetryPolicy.DEFAULT,
              null,
              null);
      pool = new Dispatcher(limits, crew, this);
      partitions =
          new OwnedPartitions(
              new SourceEnvironment("orders", "worker", 0, loop, new PoolEvents() {}),
              24_000,
              this,
              this);
    }

    Member run() {
      List<StartingPoint> points =
          IntStream.range(0, PARTITIONS)
              .mapToObj(i -> new StartingPoint(new Partition("orders/" + i, 1), null, 0, null))
              .toList();
      loop.turn(
          () -> {
            partitions.open(pool);
            partitions.started(points);
          });
      world.runFor(RUN);
      return this;
    }

    private Future<Outcome> handle(String source) {
      Promise<Outcome> promise = Promise.promise();
      int number = number(source);
      if (number >= STUCK) {
        finished[number]++;
        loop.after(HANDLING, () -> promise.complete(Outcome.done()));
      }
      return promise.future();
    }

    private static int number(String source) {
      return Integer.parseInt(source.substring("orders/".length()));
    }

    // -- its client

    @Override
    public void flow(Map<Partition, Boolean> held) {
      held.forEach((partition, paused) -> flowing[number(partition.source())] = !paused);
      poll();
    }

    private void poll() {
      if (!polling && flowing() >= 0) {
        polling = true;
        int number = flowing(); // whatever is said until it comes back
        loop.after(Duration.ofMillis(1), () -> polled(number));
      }
    }

    private int flowing() {
      for (int i = 0; i < PARTITIONS; i++) {
        int number = (turn + i) % PARTITIONS;
        if (flowing[number] && number >= first) {
          return number;
        }
      }
      return -1;
    }

    private void polled(int number) {
      turn = number + 1;
      String source = "orders/" + number;
      long from = next[number];
      next[number] = from + POLL;
      here += POLL;
      MessageCounts counts = pool.counts();
      long held = here - counts.received() + counts.buffered() + counts.parked();
      mostHeld = Math.max(mostHeld, held);
      partitions.polled(
          Map.of(
              source,
              LongStream.range(from, from + POLL)
                  .mapToObj(at -> new PolledRecord(source, at))
                  .toList()));
      polling = false;
      loop.execute(this::poll);
    }

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      int number = number(partition.source());
      here -= next[number] - offset;
      next[number] = offset;
      rereads++;
      return Future.succeededFuture(true);
    }

    @Override
    public void restart(Partition old, long ceiling) {
      throw new AssertionError(old + " restarts");
    }

    @Override
    public void request(Partition partition, int messages, long bytes) {
      partitions.request(partition, messages, bytes);
    }

    // -- its broker

    @Override
    public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
      Map<Partition, Reply<Void>> replies = new HashMap<>();
      positions.keySet().forEach(partition -> replies.put(partition, DONE));
      return Future.succeededFuture(replies);
    }

    @Override
    public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> asked) {
      return Future.succeededFuture(Map.of());
    }

    // -- not called here

    @Override
    public String name() {
      return "orders";
    }

    @Override
    public SourceStatus status() {
      return new SourceStatus(true, Instant.EPOCH, null, partitions.statuses());
    }
  }
}
