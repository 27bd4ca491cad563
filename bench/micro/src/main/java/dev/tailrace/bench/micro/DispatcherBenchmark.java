package dev.tailrace.bench.micro;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.Locale;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.TearDown;
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

  private @Nullable OnePool pool;

  /** Makes the pool. */
  @Setup
  public void assign() {
    HandlerShape handler =
        shape.equals("batch")
            ? (BatchHandler)
                batch -> Future.succeededFuture(Collections.nCopies(batch.size(), Outcome.done()))
            : (MessageHandler) (message, context) -> DONE;
    Order which = Order.valueOf(order.toUpperCase(Locale.ROOT));
    pool = new OnePool(handler, which, keys, shape.equals("claimed"));
  }

  /** All of a poll, until nothing is left of it. */
  @Benchmark
  @OperationsPerInvocation(OnePool.MESSAGES)
  public Object deliver() {
    return Objects.requireNonNull(pool).deliver();
  }

  /** Fails where not all was done. */
  @TearDown
  public void check() {
    Objects.requireNonNull(pool).requireAll(Finish.DONE);
  }
}
