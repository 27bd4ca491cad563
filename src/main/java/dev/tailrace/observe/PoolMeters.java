package dev.tailrace.observe;

import dev.tailrace.lifecycle.State;
import dev.tailrace.message.Fence;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the meters of {@link MetricNames} in a registry. Thread-safe.
 *
 * <p>Durations and single happenings come from the events. What is counted of messages comes from
 * snapshots, which {@link #scrape} shows all at once: within one scrape, received = finished +
 * released + abandoned + in flight, exactly. A registry that is read without {@link #scrape} sees
 * the snapshot published last. No meter is labelled with a message key. Timers are kept by pipeline
 * and place.
 */
public final class PoolMeters implements PoolEvents {
  /** Reasons of dead letters beyond as many different ones count as {@code other}. */
  public static final int MOST_REASONS = 50;

  private final MeterRegistry registry;
  private final Object scrapes = new Object();
  private final SnapshotMeters snapshots; // guarded by scrapes
  private final Map<String, Map<String, PlaceTimers>> timers = new ConcurrentHashMap<>();
  private final Map<Label, Counter> counters = new ConcurrentHashMap<>();
  private final Set<String> reasons = ConcurrentHashMap.newKeySet();
  private volatile String state = State.STARTING.label();
  private volatile long previousDrainMillis;

  /** What tells a meter from others: its name and labels. */
  private record Label(String name, String pipeline, @Nullable String source, String kind) {}

  /** Registers what exists from the start. */
  public PoolMeters(MeterRegistry registry) {
    this.registry = registry;
    this.snapshots = new SnapshotMeters(registry);
    for (State each : State.values()) {
      Gauge.builder(MetricNames.STATE, this, meters -> meters.state.equals(each.label()) ? 1 : 0)
          .tag("state", each.label())
          .strongReference(true)
          .register(registry);
    }
  }

  /** Shows a snapshot from now on. */
  public void publish(MeterSnapshot snapshot) {
    synchronized (scrapes) {
      snapshots.publish(snapshot);
    }
  }

  /**
   * Shows a snapshot and scrapes it, with no other snapshot in between.
   *
   * @param scrape reads the registry; quick, as other scrapes wait
   * @return what {@code scrape} returns
   */
  public <T> T scrape(MeterSnapshot snapshot, Supplier<T> scrape) {
    synchronized (scrapes) {
      snapshots.publish(snapshot);
      return scrape.get();
    }
  }

  /** Shows how long the drain of the last incarnation took, once that is known. */
  public void previousDrain(Duration duration) {
    previousDrainMillis = duration.toMillis();
    TimeGauge.builder(
            MetricNames.PREVIOUS_DRAIN_DURATION,
            this,
            TimeUnit.MILLISECONDS,
            meters -> meters.previousDrainMillis)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows how many spans were lost, where there are any.
   *
   * @param spans counts them; nobody is kept from forgetting it
   */
  public <T> void droppedSpans(T spans, ToDoubleFunction<T> count) {
    FunctionCounter.builder(MetricNames.SPANS_DROPPED, spans, count).register(registry);
  }

  @Override
  public void state(String from, String to, String reason) {
    state = to;
  }

  @Override
  public void lost(String pipeline, String source, int epoch) {
    count(MetricNames.REBALANCES, pipeline, null, "", "");
  }

  @Override
  public void revocation(String pipeline, Duration duration) {
    count(MetricNames.REBALANCES, pipeline, null, "", "");
    PlaceTimers.timer(registry, MetricNames.REVOKE_DURATION, Tags.of("pipeline", pipeline))
        .record(duration);
  }

  @Override
  public void claim(Subject subject, String answer, @Nullable Fence fence) {
    count(MetricNames.IDEMPOTENCY, subject.pipeline(), null, "result", answer);
  }

  @Override
  public void overran(Subject subject) {
    count(MetricNames.OVERRAN, subject.pipeline(), topic(subject), "", "");
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    count(MetricNames.ALARMS, pipeline, null, "kind", kind.label());
  }

  @Override
  public void handled(Subject subject, long nanos, String outcome) {
    timers(subject).handled(outcome).record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void waited(Subject subject, long nanos) {
    timers(subject).waited().record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void settling(Subject subject, long nanos) {
    timers(subject).settling().record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void retried(Subject subject, String reason) {
    count(MetricNames.RETRIES, subject.pipeline(), topic(subject), "", "");
  }

  @Override
  public void spared(Subject subject, String reason) {
    count(MetricNames.RETRIES, subject.pipeline(), topic(subject), "", "");
  }

  @Override
  public void deadLettered(Subject subject, String reason, String destination) {
    boolean known = reasons.contains(reason);
    if (!known && reasons.size() < MOST_REASONS) {
      known = reasons.add(reason) || reasons.contains(reason);
    }
    String label = known ? reason : "other";
    count(MetricNames.DEAD_LETTERS, subject.pipeline(), topic(subject), "reason", label);
  }

  @Override
  public void commit(String pipeline, String result) {
    count(MetricNames.COMMITS, pipeline, null, "result", result);
  }

  private void count(
      String name, String pipeline, @Nullable String source, String kindName, String kind) {
    counters
        .computeIfAbsent(
            new Label(name, pipeline, source, kind),
            label -> registry.counter(name, tags(label, kindName)))
        .increment();
  }

  private PlaceTimers timers(Subject subject) {
    return timers(
        timers.computeIfAbsent(subject.pipeline(), first -> new ConcurrentHashMap<>()), subject);
  }

  private PlaceTimers timers(Map<String, PlaceTimers> places, Subject subject) {
    String source = subject.position().source();
    PlaceTimers known = places.get(source);
    return known != null
        ? known
        : places.computeIfAbsent(
            source, first -> new PlaceTimers(registry, subject.pipeline(), topic(subject)));
  }

  /** The same names for all meters of one name, as Prometheus asks, also where a value is empty. */
  private static Tags tags(Label label, String kindName) {
    Tags tags = Tags.of("pipeline", label.pipeline());
    if (label.source() != null) {
      tags = tags.and("source", label.source());
    }
    return kindName.isEmpty()
        ? tags
        : tags.and(kindName, label.kind().isEmpty() ? "none" : label.kind());
  }

  private static String topic(Subject subject) {
    return MessagePlaces.topic(subject.position());
  }
}
