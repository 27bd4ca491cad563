package dev.tailrace.observe;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import dev.tailrace.observe.MeterSnapshot.PipelineNumbers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever publishes while another scrapes, a scrape shows one snapshot, which adds up. */
final class PoolMetersInterleavingsTest {
  @Test
  void aScrapeShowsTheSnapshotItWasGivenAndNoOther() {
    Interleavings.onThreads(
        "PoolMeters",
        () -> {
          MeterRegistry registry = new SimpleMeterRegistry();
          PoolMeters meters = new PoolMeters(registry);
          Race.between(
              () -> scrape(meters, registry, 1),
              () -> scrape(meters, registry, 2),
              () -> meters.publish(snapshot(3)));
        });
  }

  private static void scrape(PoolMeters meters, MeterRegistry registry, int count) {
    String seen =
        meters.scrape(
            snapshot(count),
            () ->
                value(registry, MetricNames.RECEIVED)
                    + "="
                    + value(registry, MetricNames.RELEASED));
    Race.require(seen.equals(count + ".0=" + count + ".0"), "seen " + seen + " of " + count);
  }

  private static double value(MeterRegistry registry, String name) {
    return registry.get(name).functionCounter().count();
  }

  private static MeterSnapshot snapshot(int count) {
    MessageCounts counts = new MessageCounts(count, Map.of(), count, 0, 0, 0, 0, 0);
    return new MeterSnapshot(Map.of("orders", new PipelineNumbers(counts, 1, 0)), List.of(), -1);
  }
}
