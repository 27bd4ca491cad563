package dev.tailrace.dispatch;

import dev.tailrace.bench.micro.Parcel;
import dev.tailrace.source.Partition;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
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
 * The lanes of one partition: a message whose key has no lane begins one, which ends with it; or
 * whose key has one finds it. In the package of the table, which nobody else may use.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LaneTableBenchmark {
  private static final int MESSAGES = 256;

  /** Lanes that are there all the time, beside those of the messages. */
  @Param({"0", "2000", "100000"})
  public int beside;

  private final LaneTable lanes = new LaneTable();
  private final byte[][] keys = new byte[MESSAGES][];
  private final Entry[] entries = new Entry[MESSAGES];

  /** Fills the table. */
  @Setup
  public void fill() {
    Partition partition = new Partition("orders/0", 1);
    DispatchConfig config = new DispatchConfig("orders", Order.KEY, MESSAGES, 2_048, 64 << 20, 512);
    PartitionBuffer home = new PartitionBuffer(partition, config, 1);
    for (int i = 0; i < beside; i++) {
      byte[] key = key("other-" + i);
      lanes.add(key, Lane.hash(key), new Entry(Parcel.of(partition, i, MESSAGES), home, 0));
    }
    for (int i = 0; i < MESSAGES; i++) {
      keys[i] = key("key-" + i);
      entries[i] = new Entry(Parcel.of(partition, i, MESSAGES), home, 0);
    }
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A lane for each message, begun and ended. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public LaneTable comeAndGo() {
    for (int i = 0; i < MESSAGES; i++) {
      int hash = Lane.hash(keys[i]);
      if (lanes.get(keys[i], hash) == null) {
        lanes.add(keys[i], hash, entries[i]);
      }
    }
    for (Entry entry : entries) {
      Lane lane = entry.lane;
      if (lane != null && lane.advance() == null) {
        lanes.remove(lane);
      }
    }
    return lanes;
  }
}
