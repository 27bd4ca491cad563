package dev.tailrace.bench.micro;

import dev.tailrace.source.PositionMetadata;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The metadata of one commit, where half of the positions above the mark are finished. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private static final long POSITION = 1_234_567;

  /** Positions above the mark that metadata speaks of. */
  @Param({"256", "20000"})
  public int window;

  private PositionMetadata metadata = PositionMetadata.NONE;
  private String written = "";

  /** Makes the metadata. */
  @Setup
  public void finishHalf() {
    SplittableRandom random = new SplittableRandom(1);
    BitSet finished = new BitSet(window);
    for (int above = 0; above < window; above++) {
      finished.set(above, random.nextBoolean());
    }
    metadata = PositionMetadata.of(0, finished);
    written = metadata.encode(POSITION);
  }

  /** As with each commit. */
  @Benchmark
  public String encode() {
    return metadata.encode(POSITION);
  }

  /** As with each assignment. */
  @Benchmark
  public PositionMetadata.Decoded decode() {
    return PositionMetadata.decode(POSITION, written);
  }
}
