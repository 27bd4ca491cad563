package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.ScriptedStore;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.LoggedMessage;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.CommitTarget;
import dev.tailrace.source.IdleSource;
import dev.tailrace.source.OwnedPartitions;
import dev.tailrace.source.Partition;
import dev.tailrace.source.PolledMessage;
import dev.tailrace.source.Position;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the way of a message costs from the poll to its settlement where its handler does nothing,
 * in bytes, turns of the loop and requests to broker and store: counted, not timed, so that it is
 * the same on every machine. The bounds are somewhat above what is counted now; whoever has to
 * raise one says why.
 */
class MessageCostTest {
  @BeforeEach
  void namesAreMadeWhenSomebodyLooks() {
    context = LoggedMessage.context();
    LoggedMessage logged = new LoggedMessage();
    LoggedMessage.shownBy(() -> logged);
  }

  @AfterEach
  void asItWas() {
    LoggedMessage.shownBy(context);
  }

  /**
   * Counted are 258 where the JVM compiles nothing, and 194 where it has compiled away what never
   * leaves a method: 184 of a message, its delivery, its entry and its flight, and the lists of a
   * poll.
   */
  private static final int MOST_BYTES = 260;

  private static final int PARTITIONS = 2;
  private static final int EACH = 250; // of one partition in a poll
  private static final int POLL = PARTITIONS * EACH;
  private static final int POLLS = 200;

  private final QueuedLoop loop = new QueuedLoop();
  private final Broker broker = new Broker();
  private final List<Partition> assigned =
      List.of(new Partition("orders/0", 1), new Partition("orders/1", 1));
  private @Nullable Supplier<LoggedMessage> context;
  private long handled;
  private long next;

  @ParameterizedTest
  @EnumSource(Order.class)
  void aMessageAllocatesNoMoreThanItsBound(Order order) {
    OwnedPartitions partitions = pool(order);
    run(partitions, POLLS);
    long bytes = run(partitions, POLLS) / (POLLS * POLL);
    assertThat(handled).isEqualTo(2L * POLLS * POLL);
    assertThat(bytes).as("bytes allocated per message").isBetween(1L, (long) MOST_BYTES);
  }

  @Test
  void aPollCostsAFewTurnsWhateverItBrings() {
    OwnedPartitions partitions = pool(Order.KEY);
    run(partitions, 1);
    long before = loop.turns();
    run(partitions, POLLS);
    assertThat((loop.turns() - before) / POLLS)
        .as("turns of the loop per poll")
        .isLessThanOrEqualTo(4);
  }

  @Test
  void whatEndsWithinATickIsCommittedByOneRequest() {
    OwnedPartitions partitions = pool(Order.KEY);
    run(partitions, 1);
    loop.pass(Duration.ofSeconds(1));
    int before = broker.requests;
    for (int tick = 0; tick < 10; tick++) {
      run(partitions, 4);
      loop.pass(Duration.ofMillis(100));
    }
    assertThat(broker.requests - before).as("commits in ten ticks").isBetween(1, 10);
  }

  /** Permits come back together, so that claims and marks go as many at once as there are those. */
  @Test
  void claimsAndMarksGoTogether() {
    ScriptedStore store = new ScriptedStore(new MemoryStore(loop, MemoryLimits.DEFAULT));
    ClaimConfig config =
        ClaimConfig.of("one", Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
    KeyRule rule = KeyRule.parse("position", OnMissing.DEAD_LETTER);
    OwnedPartitions partitions =
        pool(Order.UNORDERED, new Crew.Claiming(rule, new ClaimClient(loop, store, config), false));
    run(partitions, 10);
    assertThat(handled).isEqualTo(10L * POLL);
    assertThat(store.calls().size())
        .as("requests to the store for 5,000 messages: " + store.calls())
        .isBetween(1, 50);
  }

  /** Polls, each handed over and worked on before the next; what that allocated. */
  private long run(OwnedPartitions partitions, int polls) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long me = Thread.currentThread().getId();
    long allocated = 0;
    for (int poll = 0; poll < polls; poll++) {
      List<List<ConsumerRecord<byte[], byte[]>>> records = records();
      long before = threads.getThreadAllocatedBytes(me);
      Map<String, List<PolledMessage>> polled = new LinkedHashMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        String source = assigned.get(partition).source();
        polled.put(source, RecordForm.MESSAGE.read(records.get(partition), source));
      }
      partitions.polled(polled);
      loop.drain();
      allocated += threads.getThreadAllocatedBytes(me) - before;
    }
    return allocated;
  }

  private List<List<ConsumerRecord<byte[], byte[]>>> records() {
    List<List<ConsumerRecord<byte[], byte[]>>> all = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = 0; i < EACH; i++) {
        byte[] key = ("k" + i % 100).getBytes(StandardCharsets.UTF_8);
        records.add(new ConsumerRecord<>("orders", partition, next + i, key, new byte[100]));
      }
      all.add(records);
    }
    next += EACH;
    return all;
  }

  private OwnedPartitions pool(Order order) {
    return pool(order, null);
  }

  private OwnedPartitions pool(Order order, Crew.@Nullable Claiming claims) {
    PoolEventsFanOut events = new PoolEventsFanOut(List.of());
    SourceEnvironment environment = new SourceEnvironment("orders", "one", 0, loop, events);
    OwnedPartitions partitions = new OwnedPartitions(environment, 24_000, broker, broker);
    MessageHandler handler =
        (message, context) -> {
          handled++;
          return DONE;
        };
    Crew crew =
        new Crew(
            "orders",
            loop,
            events,
            handler,
            new Workers("orders", 256),
            Crew.Timing.of(Duration.ofSeconds(10)),
            RetryPolicy.DEFAULT,
            claims,
            null);
    DispatchConfig config = new DispatchConfig("orders", order, 256, 2_048, 64L << 20, 512);
    partitions.open(new Dispatcher(config, crew, new Credited(partitions)));
    partitions.started(
        assigned.stream().map(one -> new StartingPoint(one, null, 0, null)).toList());
    loop.drain();
    return partitions;
  }

  private static final Future<Outcome> DONE = Future.succeededFuture(Outcome.done());

  /** Confirms what it is sent. */
  private static final class Broker implements CommitTarget, OwnedPartitions.Poller {
    private final Map<Partition, Position> held = new LinkedHashMap<>();
    private int requests;

    @Override
    @SuppressWarnings("NullAway") // the one value that Void has
    public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
      requests++;
      held.putAll(positions);
      Map<Partition, Reply<Void>> replies = new LinkedHashMap<>();
      positions.keySet().forEach(partition -> replies.put(partition, Reply.ok(null)));
      return Future.succeededFuture(replies);
    }

    @Override
    public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
      Map<Partition, Reply<Position>> replies = new LinkedHashMap<>();
      partitions.forEach(
          one -> replies.put(one, Reply.ok(held.getOrDefault(one, new Position(-1, "")))));
      return Future.succeededFuture(replies);
    }

    @Override
    public void flow(Map<Partition, Boolean> held) {}

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      return Future.succeededFuture(false);
    }

    @Override
    public void restart(Partition old, long ceiling) {
      throw new IllegalStateException(old + " restarted");
    }
  }

  /** The source that the partitions are, as far as a dispatcher knows it. */
  private record Credited(OwnedPartitions partitions) implements IdleSource {
    @Override
    public String name() {
      return "kafka orders";
    }

    @Override
    public void request(Partition partition, int messages, long bytes) {
      partitions.request(partition, messages, bytes);
    }

    @Override
    public Future<Flush> flush() {
      return partitions.flush();
    }
  }
}
