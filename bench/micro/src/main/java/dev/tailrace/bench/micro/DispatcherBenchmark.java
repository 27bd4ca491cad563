package dev.tailrace.bench.micro;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A message through the core, from its delivery to its settlement, where its handler completes at
 * once. Beside {@code unordered}, {@code key} is what lanes cost: of keys that differ, and of eight
 * only, where most messages wait behind another. The names that log lines bear are made as in a
 * process of its own; with another logging context they cost 600 bytes more for each call.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dlog4j2.threadContextMap=dev.tailrace.cli.MessageContextMap")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DispatcherBenchmark {
  private static final int MESSAGES = 256;
  private static final Future<Outcome> DONE = Future.succeededFuture(Outcome.done());

  /** Which messages run one after the other. */
  @Param({"unordered", "key"})
  public String order = "";

  /** Different keys among the messages of one delivery. */
  @Param({"8", "256"})
  public int keys;

  /** Of the handler; claimed: asynchronous, with a claim and a mark of a store that grants all. */
  @Param({"asynchronous", "batch", "claimed"})
  public String shape = "";

  private final QueuedLoop loop = new QueuedLoop();
  private final Partition partition = new Partition("orders/0", 1);
  private final List<Delivery> messages = new ArrayList<>();
  private @Nullable Dispatcher dispatcher;

  /** Makes a dispatcher, and what it gets each time. */
  @Setup
  public void assign() {
    HandlerShape handler =
        shape.equals("batch")
            ? (BatchHandler)
                batch -> Future.succeededFuture(Collections.nCopies(batch.size(), Outcome.done()))
            : (MessageHandler) (message, context) -> DONE;
    Crew crew =
        new Crew(
                "orders",
                loop,
                new PoolEvents() {},
                handler,
                new Workers("orders", MESSAGES),
                Crew.Timing.of(Duration.ofSeconds(10)),
                RetryPolicy.DEFAULT,
                shape.equals("claimed") ? claims() : null,
                null)
            .with(new BatchLimits(100, 1 << 20, Duration.ZERO));
    Order which = Order.valueOf(order.toUpperCase(Locale.ROOT));
    DispatchConfig config = new DispatchConfig("orders", which, MESSAGES, 2_048, 64 << 20, 512);
    Dispatcher made = new Dispatcher(config, crew, new Idle());
    made.assigned(List.of(partition));
    for (int i = 0; i < MESSAGES; i++) {
      messages.add(Parcel.of(partition, i, keys));
    }
    dispatcher = made;
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
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public Object deliver() {
    Dispatcher pool = dispatcher;
    if (pool == null) {
      throw new IllegalStateException("not assigned");
    }
    pool.accept(messages);
    loop.drain();
    return pool;
  }
}
