package dev.tailrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.MeterSnapshot.PartitionNumbers;
import dev.tailrace.observe.MeterSnapshot.PipelineNumbers;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The meters say what happened, add up at every scrape, and vanish with their partition. */
final class PoolMetersTest {
  private static final Pattern SAMPLE =
      Pattern.compile("tailrace_messages_(\\w+?)(_total)?\\{[^}]*} (\\S+)");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PoolMeters meters = new PoolMeters(registry);
  private final SampleSubject subject = SampleSubject.of("orders/2", 57, "customer-1");

  @Test
  void everyNameIsRegisteredAndNoOther() {
    tellEverything();

    Set<String> names =
        registry.getMeters().stream()
            .map(meter -> meter.getId().getName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(names).containsExactlyInAnyOrderElementsOf(new TreeSet<>(MetricNames.all()));
  }

  @Test
  void noMeterIsLabelledWithAKeyOrAnInstance() {
    tellEverything();

    assertThat(registry.getMeters().stream().flatMap(meter -> meter.getId().getTags().stream()))
        .extracting(Tag::getKey)
        .isSubsetOf("pipeline", "source", "outcome", "stage", "kind", "result", "reason", "state");
    assertThat(registry.scrape()).doesNotContain("customer-1");
  }

  @Test
  void countersAreByTopicAndGaugesByPartition() {
    tellEverything();

    assertThat(sources(MetricNames.RETRIES)).containsExactly("orders");
    assertThat(sources(MetricNames.HANDLER_DURATION)).containsExactly("orders");
    assertThat(sources(MetricNames.LAG)).containsExactly("orders/2");
  }

  @Test
  void receivedIsFinishedReleasedAbandonedAndInFlightAtEveryScrape() throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger shown = new AtomicInteger();
    Thread other =
        new Thread(
            () -> {
              while (!stop.get()) {
                meters.publish(snapshot(counts(shown.incrementAndGet())));
              }
            });
    other.start();
    try {
      for (int i = 0; i < 200; i++) {
        String scrape = meters.scrape(snapshot(counts(i)), registry::scrape);
        assertThat(sum(scrape, "received"))
            .isEqualTo(
                sum(scrape, "finished")
                    + sum(scrape, "released")
                    + sum(scrape, "abandoned")
                    + sum(scrape, "in_flight"));
        assertThat(sum(scrape, "received")).isEqualTo((double) counts(i).received());
      }
    } finally {
      stop.set(true);
      other.join();
    }
  }

  @Test
  void aPartitionGoesWithItsMeters() {
    PartitionNumbers two = new PartitionNumbers("orders", "orders/2", 5, 1_500, 1, 2_000);
    PartitionNumbers three = new PartitionNumbers("orders", "orders/3", -1, -1, 0, 0);
    meters.publish(new MeterSnapshot(Map.of(), List.of(two, three), -1));
    assertThat(registry.get(MetricNames.LAG).tag("source", "orders/2").gauge().value())
        .isEqualTo(5);
    assertThat(registry.get(MetricNames.LAG_TIME).tag("source", "orders/2").gauge().value())
        .as("seconds")
        .isEqualTo(1.5);
    assertThat(registry.get(MetricNames.LAG).tag("source", "orders/3").gauge().value()).isNaN();

    meters.publish(new MeterSnapshot(Map.of(), List.of(three), -1));

    for (String name :
        List.of(
            MetricNames.LAG,
            MetricNames.LAG_TIME,
            MetricNames.COMMIT_GAP,
            MetricNames.COMMIT_GAP_AGE)) {
      assertThat(sources(name)).as(name).containsExactly("orders/3");
    }
    meters.publish(new MeterSnapshot(Map.of(), List.of(two), -1));
    assertThat(sources(MetricNames.LAG)).containsExactly("orders/2");
  }

  @Test
  void thePresentStateIsOneAndTheOthersAreZero() {
    meters.state("starting", "draining", "sigterm");

    assertThat(registry.get(MetricNames.STATE).tag("state", "draining").gauge().value())
        .isEqualTo(1);
    assertThat(
            registry.get(MetricNames.STATE).gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum())
        .isEqualTo(1);
  }

  @Test
  void reasonsOfDeadLettersAreBounded() {
    for (int i = 0; i < 10 * PoolMeters.MOST_REASONS; i++) {
      meters.deadLettered(subject, "reason " + i, "orders.dlq");
    }

    assertThat(registry.get(MetricNames.DEAD_LETTERS).counters())
        .hasSize(PoolMeters.MOST_REASONS + 1);
    assertThat(registry.get(MetricNames.DEAD_LETTERS).tag("reason", "other").counter().count())
        .isEqualTo(9.0 * PoolMeters.MOST_REASONS);
  }

  @Test
  void aStreamIsItsOwnTopic() {
    meters.retried(
        new SampleSubject(
            "payments", dev.tailrace.message.Origin.entry("pay/ments", 17, 3), null, 1, 1),
        "again");

    assertThat(sources(MetricNames.RETRIES)).containsExactly("pay/ments");
  }

  @Test
  void metersOfSnapshotsOutliveTheirGarbageCollection() {
    meters.publish(snapshot(counts(7)));
    System.gc();

    assertThat(registry.get(MetricNames.RECEIVED).functionCounter().count())
        .isEqualTo((double) counts(7).received());
  }

  private void tellEverything() {
    meters.state("starting", "running", "ready");
    meters.claim(subject, "won", null);
    meters.waited(subject, 1_000);
    meters.handled(subject, 1_000, "done");
    meters.settling(subject, 1_000);
    meters.retried(subject, "429");
    meters.deadLettered(subject, "", "orders.dlq");
    meters.deadLettered(subject, "BadPayload", "orders.dlq");
    meters.commit("orders", "ok");
    meters.revocation("orders", Duration.ofMillis(5));
    meters.lost("orders", "orders/1", 2);
    meters.overran(subject);
    meters.alarm("orders", "orders/2", Alarm.METADATA, "late");
    meters.previousDrain(Duration.ofSeconds(3));
    meters.droppedSpans(meters, any -> 0);
    meters.publish(snapshot(counts(3)));
  }

  private static MeterSnapshot snapshot(MessageCounts counts) {
    return new MeterSnapshot(
        Map.of("orders", new PipelineNumbers(counts, 256, 0)),
        List.of(new PartitionNumbers("orders", "orders/2", 1, 2, 3, 4)),
        1_500);
  }

  private static MessageCounts counts(int i) {
    Map<Finish, Long> finished = Map.of(Finish.DONE, 10L * i, Finish.SKIPPED, 3L * i);
    return new MessageCounts(17L * i + 15, finished, i, 3L * i, 4, 5, 6, 100);
  }

  private static double sum(String scrape, String name) {
    double sum = 0;
    Matcher samples = SAMPLE.matcher(scrape);
    while (samples.find()) {
      if (samples.group(1).equals(name)) {
        sum += Double.parseDouble(samples.group(3));
      }
    }
    return sum;
  }

  private Stream<String> sources(String name) {
    return sources(registry, name);
  }

  private static Stream<String> sources(MeterRegistry registry, String name) {
    return registry.get(name).meters().stream()
        .map(Meter::getId)
        .map(id -> String.valueOf(id.getTag("source")));
  }
}
