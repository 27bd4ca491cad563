package dev.tailrace.cli;

import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.PoolStatus.PipelineStatus;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.MeterSnapshot.PartitionNumbers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The numbers of the live view, made of one status after the other. Belongs to one thread. */
final class DemoTable {
  private static final String HEAD =
      "%-10s %7s %9s %10s %9s %7s %8s %5s %5s"
          .formatted(
              "pipeline",
              "rate/s",
              "done",
              "executing",
              "buffered",
              "parked",
              "skipped",
              "dead",
              "gap");

  /** Rates are those of the last two seconds. */
  private static final long RATE_NANOS = 2_000_000_000L;

  private final Map<String, Deque<Sample>> samples = new HashMap<>();

  private record Sample(long nanos, long finished) {}

  /** The head and one line per pipeline. */
  List<String> lines(PoolStatus status, long nanos) {
    List<String> lines = new ArrayList<>();
    lines.add(HEAD);
    for (PipelineStatus pipeline : status.pipelines()) {
      MessageCounts counts = pipeline.counts();
      lines.add(
          "%-10s %7s %9s %10s %9s %7s %8s %5s %5s"
              .formatted(
                  pipeline.name(),
                  rate(pipeline.name(), counts, nanos),
                  Phrases.count(finished(counts, Finish.DONE)),
                  counts.executing() + "/" + pipeline.limit(),
                  Phrases.count(counts.buffered()),
                  Phrases.count(counts.parked()),
                  Phrases.count(finished(counts, Finish.SKIPPED)),
                  Phrases.count(finished(counts, Finish.DEAD_LETTERED)),
                  Phrases.count(gap(status, pipeline.name()))));
    }
    return lines;
  }

  /** The same in one line, for a log. */
  String line(PoolStatus status, long nanos) {
    List<String> parts = new ArrayList<>();
    for (PipelineStatus pipeline : status.pipelines()) {
      MessageCounts counts = pipeline.counts();
      parts.add(
          "%s %s/s, executing %d/%d, buffered %d, parked %d, done %d, dead %d, gap %d"
              .formatted(
                  pipeline.name(),
                  rate(pipeline.name(), counts, nanos),
                  counts.executing(),
                  pipeline.limit(),
                  counts.buffered(),
                  counts.parked(),
                  finished(counts, Finish.DONE),
                  finished(counts, Finish.DEAD_LETTERED),
                  gap(status, pipeline.name())));
    }
    return status.state().label() + ": " + String.join("; ", parts);
  }

  private String rate(String pipeline, MessageCounts counts, long nanos) {
    Deque<Sample> recent = samples.computeIfAbsent(pipeline, any -> new ArrayDeque<>());
    recent.addLast(new Sample(nanos, counts.finishedTotal()));
    while (recent.size() > 2 && nanos - recent.getFirst().nanos() > RATE_NANOS) {
      recent.removeFirst();
    }
    Sample first = recent.getFirst();
    double seconds = (nanos - first.nanos()) / 1e9;
    return seconds <= 0
        ? "0"
        : String.format(
            Locale.ROOT, "%,.0f", (counts.finishedTotal() - first.finished()) / seconds);
  }

  /** The widest gap of its partitions. */
  private static long gap(PoolStatus status, String pipeline) {
    return status.meterSnapshot().partitions().stream()
        .filter(partition -> partition.pipeline().equals(pipeline))
        .mapToLong(PartitionNumbers::gap)
        .max()
        .orElse(0);
  }

  private static long finished(MessageCounts counts, Finish how) {
    return counts.finished().getOrDefault(how, 0L);
  }
}
