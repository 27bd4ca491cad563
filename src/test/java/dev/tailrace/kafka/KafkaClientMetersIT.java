package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceHarness;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the native consumer counts of itself, in the pool's registry. */
class KafkaClientMetersIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PARTITIONS = 40;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("metered");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void theClientsMetersAreThereWhileItLivesAndGoneAfterItsEnd() {
    servers.createTopic(topic, PARTITIONS);
    Records.send(
        servers.kafka(), topic, IntStream.range(0, 300).mapToObj(Integer::toString).toList());
    SourceHarness member = member("a").open().credit(1_000);
    SourceHarness other = member("b").open().credit(1_000);
    await().atMost(LIMIT).until(() -> member.arrived().size() + other.arrived().size() >= 300);

    await().atMost(LIMIT).until(() -> consumed("a") + consumed("b") >= 300);

    member.close();
    assertThat(meters("a")).isEmpty();
    assertThat(meters("b")).isNotEmpty();
    other.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void theyDoNotGrowWithThePartitions() {
    servers.createTopic(topic, PARTITIONS);
    SourceHarness member = member("a").open().credit(1);
    await().atMost(LIMIT).until(() -> member.assigned().size() == PARTITIONS);

    await().atMost(LIMIT).until(() -> !meters("a").isEmpty());

    assertThat(registry.getMeters())
        .allSatisfy(meter -> assertThat(meter.getId().getTag("partition")).isNull());
    member.close();
  }

  private SourceHarness member(String instance) {
    KafkaSourceConfig config = KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic);
    return new SourceHarness(
        instance,
        given ->
            config.source(
                new SourceEnvironment(
                    given.pipeline(),
                    given.instance(),
                    given.consumer(),
                    given.loop(),
                    given.events(),
                    ClientMeters.into(registry))));
  }

  private List<Meter> meters(String instance) {
    String client = "tailrace-contract-" + instance + "-0";
    return registry.getMeters().stream()
        .filter(meter -> client.equals(meter.getId().getTag("client.id")))
        .toList();
  }

  private double consumed(String instance) {
    return meters(instance).stream()
        .filter(meter -> meter.getId().getName().endsWith("records.consumed.total"))
        .mapToDouble(meter -> meter instanceof FunctionCounter counter ? counter.count() : 0)
        .sum();
  }
}
