package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.SourceEnvironment;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the native clients are told. */
class ClientSettingsTest {
  private static final KafkaSourceConfig CONFIG = KafkaSourceConfig.of("b:1", "group", "orders");
  private static final SourceEnvironment ENVIRONMENT =
      new SourceEnvironment(
          "orders", "a", 0, Simulation.seeded(1).loop("consumer"), new PoolEvents() {});

  private static Map<String, Object> consumer(KafkaClientConfig client) {
    return ClientSettings.consumer(CONFIG.withClient(client), ENVIRONMENT, "");
  }

  @Test
  void whatTheClientFetchesAheadIsBoundedAndTheBoundIsTheUsersToSet() {
    KafkaClientConfig client = KafkaClientConfig.of("b:1");

    assertThat(consumer(client))
        .containsEntry("max.partition.fetch.bytes", "1048576")
        .containsEntry("fetch.max.bytes", "16777216")
        .containsEntry("fetch.max.wait.ms", "100");
    assertThat(
            consumer(
                client.with("max.partition.fetch.bytes", "65536").with("fetch.max.bytes", "99999")))
        .containsEntry("max.partition.fetch.bytes", "65536")
        .containsEntry("fetch.max.bytes", "99999");
  }

  @Test
  void whatThePromisesNeedIsSetWhateverElseIs() {
    KafkaClientConfig client = KafkaClientConfig.of("b:1");

    assertThat(consumer(client))
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("auto.offset.reset", "none")
        .containsEntry("allow.auto.create.topics", "false")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("client.id", "tailrace-orders-a-0");
    assertThat(ClientSettings.producer(client, "letters"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", "true");
  }
}
