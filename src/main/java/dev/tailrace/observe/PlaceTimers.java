package dev.tailrace.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The timers of a partition's or a stream's messages, which are those of its topic. Thread-safe.
 *
 * <p>They are kept, since finding a meter by its name and labels costs more than a measurement.
 */
final class PlaceTimers {
  private static final Duration[] BOUNDARIES = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1)
  };

  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer waited;
  private final Timer settling;
  private final Map<String, Timer> handled = new ConcurrentHashMap<>(); // by outcome

  PlaceTimers(MeterRegistry registry, String pipeline, String topic) {
    this.registry = registry;
    this.tags = Tags.of("pipeline", pipeline, "source", topic);
    this.waited = timer(registry, MetricNames.QUEUE_WAIT, tags);
    this.settling = timer(registry, MetricNames.SETTLE_DURATION, tags);
  }

  Timer waited() {
    return waited;
  }

  Timer settling() {
    return settling;
  }

  Timer handled(String outcome) {
    Timer known = handled.get(outcome);
    return known != null
        ? known
        : handled.computeIfAbsent(
            outcome,
            first -> timer(registry, MetricNames.HANDLER_DURATION, tags.and("outcome", first)));
  }

  /** The registry's timer of this name and these labels. */
  static Timer timer(MeterRegistry registry, String name, Tags tags) {
    return Timer.builder(name).tags(tags).serviceLevelObjectives(BOUNDARIES).register(registry);
  }
}
