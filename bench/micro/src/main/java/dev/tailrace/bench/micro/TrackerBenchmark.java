package dev.tailrace.bench.micro;

import dev.tailrace.source.PositionTracker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The positions of one partition: begun in order, finished in order or against it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TrackerBenchmark {
  private static final int POSITIONS = 256;

  private final PositionTracker tracker = new PositionTracker(24_000);
  private long next;

  /** As handlers that end one after the other. */
  @Benchmark
  @OperationsPerInvocation(POSITIONS)
  public long inOrder() {
    for (int i = 0; i < POSITIONS; i++) {
      tracker.begin(next + i);
    }
    for (int i = 0; i < POSITIONS; i++) {
      tracker.finish(next + i);
    }
    next += POSITIONS;
    return tracker.mark();
  }

  /** The mark moves with the last of them only. */
  @Benchmark
  @OperationsPerInvocation(POSITIONS)
  public long againstTheOrder() {
    for (int i = 0; i < POSITIONS; i++) {
      tracker.begin(next + i);
    }
    for (int i = POSITIONS - 1; i >= 0; i--) {
      tracker.finish(next + i);
    }
    next += POSITIONS;
    return tracker.mark();
  }
}
