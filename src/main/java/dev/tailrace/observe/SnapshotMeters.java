package dev.tailrace.observe;

import dev.tailrace.observe.MeterSnapshot.PartitionNumbers;
import dev.tailrace.observe.MeterSnapshot.PipelineNumbers;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters that show the snapshot published last. {@link #publish} is called under its owner's
 * lock; meters are read from any thread.
 */
final class SnapshotMeters {
  private final MeterRegistry registry;
  private final Map<String, ShownPipeline> pipelines = new HashMap<>(); // guarded by its owner
  private final Map<Place, ShownPartition> partitions = new HashMap<>(); // guarded by its owner
  private volatile long drainEstimateMillis = -1;
  private boolean estimated; // guarded by its owner

  SnapshotMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Place(String pipeline, String source) {}

  /** Meters hold their state weakly, so these are held by the maps above. */
  private static final class ShownPipeline {
    private volatile PipelineNumbers numbers;

    ShownPipeline(PipelineNumbers numbers) {
      this.numbers = numbers;
    }
  }

  private static final class ShownPartition {
    private final List<Meter> meters = new ArrayList<>(); // guarded by the meters' owner
    private volatile PartitionNumbers numbers;

    ShownPartition(PartitionNumbers numbers) {
      this.numbers = numbers;
    }
  }

  /**
   * Shows a snapshot. A pipeline that is not in it keeps what it showed, since counters never go
   * back; a partition that is not in it is gone with its meters.
   */
  void publish(MeterSnapshot snapshot) {
    snapshot.pipelines().forEach(this::publish);
    Set<Place> assigned = new HashSet<>();
    for (PartitionNumbers numbers : snapshot.partitions()) {
      Place place = new Place(numbers.pipeline(), numbers.source());
      assigned.add(place);
      partitions.computeIfAbsent(place, absent -> shown(numbers)).numbers = numbers;
    }
    partitions
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !assigned.contains(entry.getKey());
              if (gone) {
                entry.getValue().meters.forEach(registry::remove);
              }
              return gone;
            });
    drainEstimateMillis = snapshot.drainEstimateMillis();
    if (!estimated && drainEstimateMillis >= 0) {
      estimated = true;
      TimeGauge.builder(
              MetricNames.DRAIN_ESTIMATE,
              this,
              TimeUnit.MILLISECONDS,
              meters -> known(meters.drainEstimateMillis))
          .register(registry);
    }
  }

  private void publish(String pipeline, PipelineNumbers numbers) {
    ShownPipeline shown = pipelines.get(pipeline);
    if (shown == null) {
      shown = new ShownPipeline(numbers);
      pipelines.put(pipeline, shown);
      register(shown, Tags.of("pipeline", pipeline));
    }
    shown.numbers = numbers;
  }

  private void register(ShownPipeline shown, Tags tags) {
    counter(MetricNames.RECEIVED, tags, shown, MessageCounts::received);
    counter(MetricNames.RELEASED, tags, shown, MessageCounts::released);
    counter(MetricNames.ABANDONED, tags, shown, MessageCounts::abandoned);
    for (Finish finish : Finish.values()) {
      counter(
          MetricNames.FINISHED,
          tags.and("outcome", finish.label()),
          shown,
          counts -> counts.finished().getOrDefault(finish, 0L));
    }
    stage("executing", tags, shown, MessageCounts::executing);
    stage("buffered", tags, shown, MessageCounts::buffered);
    stage("parked", tags, shown, MessageCounts::parked);
    Gauge.builder(MetricNames.LIMIT, shown, state -> state.numbers.limit())
        .tags(tags)
        .register(registry);
    Gauge.builder(MetricNames.STUCK, shown, state -> state.numbers.stuck())
        .tags(tags)
        .register(registry);
  }

  private void counter(
      String name, Tags tags, ShownPipeline shown, ToLongFunction<MessageCounts> value) {
    FunctionCounter.builder(name, shown, state -> value.applyAsLong(state.numbers.counts()))
        .tags(tags)
        .register(registry);
  }

  private void stage(
      String stage, Tags tags, ShownPipeline shown, ToLongFunction<MessageCounts> value) {
    Gauge.builder(MetricNames.IN_FLIGHT, shown, state -> value.applyAsLong(state.numbers.counts()))
        .tags(tags.and("stage", stage))
        .register(registry);
  }

  private ShownPartition shown(PartitionNumbers numbers) {
    ShownPartition shown = new ShownPartition(numbers);
    Tags tags = Tags.of("pipeline", numbers.pipeline(), "source", numbers.source());
    gauge(MetricNames.LAG, tags, shown, state -> known(state.numbers.lag()));
    gauge(MetricNames.COMMIT_GAP, tags, shown, state -> state.numbers.gap());
    age(MetricNames.LAG_TIME, tags, shown, state -> known(state.numbers.lagMillis()));
    age(MetricNames.COMMIT_GAP_AGE, tags, shown, state -> state.numbers.gapAgeMillis());
    return shown;
  }

  private void gauge(
      String name, Tags tags, ShownPartition shown, ToDoubleFunction<ShownPartition> value) {
    shown.meters.add(Gauge.builder(name, shown, value).tags(tags).register(registry));
  }

  private void age(
      String name, Tags tags, ShownPartition shown, ToDoubleFunction<ShownPartition> value) {
    shown.meters.add(
        TimeGauge.builder(name, shown, TimeUnit.MILLISECONDS, value).tags(tags).register(registry));
  }

  private static double known(long value) {
    return value < 0 ? Double.NaN : value;
  }
}
