package dev.tailrace.bench.micro;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A pool with one partition, on a loop that runs when told to, and what it gets each time. */
final class OnePool {
  /** Messages of one delivery. */
  static final int MESSAGES = 256;

  private final QueuedLoop loop = new QueuedLoop();
  private final List<Delivery> messages = new ArrayList<>();
  private final Dispatcher dispatcher;

  /**
   * Makes it.
   *
   * @param keys different keys among the messages of one delivery
   * @param claimed whether each is claimed and marked, in a store that grants all
   */
  OnePool(HandlerShape handler, Order order, int keys, boolean claimed) {
    Crew crew =
        new Crew(
                "orders",
                loop,
                new PoolEvents() {},
                handler,
                new Workers("orders", MESSAGES),
                Crew.Timing.of(Duration.ofSeconds(10)),
                RetryPolicy.DEFAULT,
                claimed ? claims() : null,
                new DeadLetters(loop, new AcceptingSink(), "orders", "bench"))
            .with(new BatchLimits(100, 1 << 20, Duration.ZERO));
    DispatchConfig config = new DispatchConfig("orders", order, MESSAGES, 2_048, 64 << 20, 512);
    dispatcher = new Dispatcher(config, crew, new Idle());
    Partition partition = new Partition("orders/0", 1);
    dispatcher.assigned(List.of(partition));
    for (int i = 0; i < MESSAGES; i++) {
      messages.add(Parcel.of(partition, i, keys));
    }
  }

  private Crew.Claiming claims() {
    ClaimConfig config =
        ClaimConfig.of("bench", Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
    return new Crew.Claiming(
        KeyRule.parse("position", OnMissing.POSITION),
        new ClaimClient(loop, new GrantingStore(), config),
        false);
  }

  /** All of a poll, until nothing is left of it. */
  Object deliver() {
    dispatcher.accept(messages);
    loop.drain();
    return dispatcher;
  }

  /** Fails unless all that was delivered has ended so. */
  void requireAll(Finish finish) {
    MessageCounts counts = dispatcher.counts();
    if (!Long.valueOf(counts.received()).equals(counts.finished().get(finish))) {
      throw new IllegalStateException("not all %s: %s".formatted(finish, counts));
    }
  }
}
