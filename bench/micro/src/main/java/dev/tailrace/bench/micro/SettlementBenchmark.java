package dev.tailrace.bench.micro;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import io.vertx.core.Future;
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
 * What it costs to settle a message, by its outcome and by whether a mark is written: what each
 * takes beyond {@code done} without a mark, which needs no writing down, is its settlement. The
 * store and the destination of dead letters answer at once; what theirs would take is not in it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dlog4j2.threadContextMap=dev.tailrace.cli.MessageContextMap")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SettlementBenchmark {
  /** How each handler ends. */
  @Param({"DONE", "DISCARDED", "DEAD_LETTERED"})
  public Finish outcome = Finish.DONE;

  /** Whether each is claimed, and marked at its end. */
  @Param({"false", "true"})
  public boolean claimed;

  private @Nullable OnePool pool;

  /** Makes the pool. */
  @Setup
  public void assign() {
    Future<Outcome> ended =
        Future.succeededFuture(
            switch (outcome) {
              case DISCARDED -> Outcome.discard("not wanted");
              case DEAD_LETTERED -> Outcome.deadLetter("not wanted");
              default -> Outcome.done();
            });
    MessageHandler handler = (message, context) -> ended;
    pool = new OnePool(handler, Order.UNORDERED, OnePool.MESSAGES, claimed);
  }

  /** All of a poll, until all are settled. */
  @Benchmark
  @OperationsPerInvocation(OnePool.MESSAGES)
  public Object settle() {
    return Objects.requireNonNull(pool).deliver();
  }

  /** Fails where not all ended so. */
  @TearDown
  public void check() {
    Objects.requireNonNull(pool).requireAll(outcome);
  }
}
