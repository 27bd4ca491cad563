package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.LocalKafka;
import dev.tailrace.local.Servers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.SourceHarness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A broker that takes less beside a position than brokers do by default. */
class KafkaMetadataLimitIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TOPIC = "orders";
  private static final int MESSAGES = 2_000;

  @Test
  void positionsMoveWithoutWhatDoesNotFitAndThatIsAnAlarm() {
    try (KafkaBroker broker = LocalKafka.start(Map.of("offset.metadata.max.bytes", "100"))) {
      Servers.createTopic(broker, TOPIC, 1, Map.of());
      Records.send(
          broker, TOPIC, IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList());
      KafkaSourceConfig config = KafkaSourceConfig.of(broker.bootstrap(), "group", TOPIC);
      SourceHarness member = new SourceHarness("a", config::source).open().credit(2 * MESSAGES);
      await().atMost(LIMIT).until(() -> member.arrived().size() == MESSAGES);

      List<Delivery> all = member.arrived();
      member.settle(every(2, 1, all)); // a bitmap of 250 bytes
      awaitCommitted(member, 0);
      member.settle(all.subList(0, 1));
      awaitCommitted(member, 2);
      assertThat(member.notes())
          .filteredOn(note -> note.startsWith("alarm:metadata:the broker refused"))
          .isNotEmpty();
      assertThat(member.flush().positions())
          .as("the broker holds it")
          .allMatch(position -> position.commit().equals("ok"));

      member.settle(every(2, 0, all.subList(2, MESSAGES)));
      awaitCommitted(member, MESSAGES);
      member.close();
    }
  }

  private static List<Delivery> every(int step, int from, List<Delivery> all) {
    return IntStream.range(0, all.size()).filter(i -> i % step == from).mapToObj(all::get).toList();
  }

  private static void awaitCommitted(SourceHarness member, long position) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(member.status().partitions().get(0).committed())
                    .isEqualTo(Long.toString(position)));
  }
}
