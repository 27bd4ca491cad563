package dev.tailrace.kafka;

import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.source.SourceHarness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** Members that leave before they have joined, on a real broker. */
class KafkaJoinIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** So long that whoever has to wait for it fails by the limit. */
  private static final Duration SESSION = Duration.ofMinutes(5);

  /** How many polls a member has made when it leaves: from none to more than joining takes. */
  private static final int POLLS = 30;

  private static final Duration SHORT = Duration.ofMillis(1);

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("join");

  private KafkaSourceConfig config() {
    return KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic)
        .withClient(
            KafkaClientConfig.of(servers.kafka().bootstrap())
                .with("session.timeout.ms", "" + SESSION.toMillis())
                .with("heartbeat.interval.ms", "100")); // by which those that stay learn of others
  }

  /** Each poll is as short as can be, so that every step of joining is once the last one. */
  private void leaveAfter(int polls) {
    KafkaSourceConfig config = config();
    KafkaConsumer<byte[], byte[]> client =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers.kafka().bootstrap(),
                ConsumerConfig.GROUP_ID_CONFIG,
                topic,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                (int) SESSION.toMillis(),
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(Assignor.COOPERATIVE_STICKY.implementation())),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    ControlledConsumer leaving =
        new ControlledConsumer(
            client,
            config,
            Runnable::run,
            new IgnoredEvents(),
            new PollAhead(Runnable::run, any -> {}));
    leaving.subscribe(List.of(topic), new StreamThread.Ignored());
    for (int i = 0; i < polls; i++) {
      leaving.poll(SHORT);
    }
    leaving.beginClose();
    leaving.close();
  }

  @Test
  void oneThatLeavesWhileItJoinsHoldsUpNobody() {
    servers.createTopic(topic, 2);
    try (SourceHarness staying = new SourceHarness("staying", config()::source);
        SourceHarness coming = new SourceHarness("coming", config()::source)) {
      staying.open();
      await().atMost(LIMIT).until(() -> staying.assigned().size() == 2);

      for (int polls = 0; polls < POLLS; polls++) {
        leaveAfter(polls);
      }

      coming.open();
      await()
          .atMost(LIMIT)
          .until(() -> staying.assigned().size() == 1 && coming.assigned().size() == 1);
    }
  }
}
