package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.Partition;
import dev.tailrace.source.PositionMetadata;
import dev.tailrace.source.StartingPoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Whether a committed position is one of the topic that is there now. */
class StartingPositionsTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
  private static final Partition ASSIGNED = new Partition("orders/0", 1);
  private static final UUID OLD = new UUID(1, 1);
  private static final UUID NEW = new UUID(2, 2);

  private final MockConsumer<byte[], byte[]> client = new MockConsumer<>("none");
  private final StartingPositions positions =
      new StartingPositions(
          KafkaSourceConfig.of("localhost:1", "group", "orders").withOutOfRange(OutOfRange.HOLD));

  /** Where reading begins when 5 was committed with {@code metadata}, and the log has 2 to 9. */
  private StartingPoint found(String metadata) {
    client.assign(List.of(ORDERS));
    client.updateBeginningOffsets(Map.of(ORDERS, 2L));
    client.updateEndOffsets(Map.of(ORDERS, 10L));
    client.commitSync(Map.of(ORDERS, new OffsetAndMetadata(5, metadata)));
    StartingPoint point =
        positions.find(client, Map.of(ORDERS, ASSIGNED), Map.of(), Duration.ofSeconds(1)).get(0);
    assertThat(client.position(ORDERS)).isEqualTo(point.start());
    return point;
  }

  @Test
  void aPositionOfAnotherTopicOfThatNameIsNotAppliedAndThatIsAnAlarm() {
    positions.topics((topics, limit) -> Map.of("orders", NEW));

    StartingPoint point = found(PositionMetadata.NONE.ofLog(OLD).encode(5));

    assertThat(point.start()).isEqualTo(2);
    assertThat(point.committed()).isNull();
    assertThat(point.logId()).isEqualTo(NEW);
    assertThat(point.deviation()).isNotNull();
    assertThat(point.deviation().alarm()).isEqualTo(Alarm.SOURCE_RESET);
    assertThat(point.deviation().detail()).contains("made anew since 5 was committed");
  }

  @Test
  void aPositionOfTheSameTopicOrOfNobodyKnowsWhichGoesOn() {
    positions.topics((topics, limit) -> Map.of("orders", NEW));
    for (String metadata :
        List.of(PositionMetadata.NONE.ofLog(NEW).encode(5), "", "another client's", "VFIB")) {
      StartingPoint point = found(metadata);
      assertThat(point.isResumed()).as(metadata).isTrue();
      assertThat(point.logId()).isEqualTo(NEW);
      assertThat(point.deviation()).isNull();
    }
  }

  /** What is made anew from here on has another id than the one that was told. */
  @Test
  void theTopicIsAskedForBeforeItsPositions() {
    positions.topics(
        (topics, limit) -> {
          client.updateBeginningOffsets(Map.of(ORDERS, 7L));
          return Map.of("orders", NEW);
        });

    assertThat(found(PositionMetadata.NONE.ofLog(OLD).encode(5)).start()).isEqualTo(7);
  }

  @Test
  void whereNobodyTellsOfTheTopicThePositionIsBelieved() {
    StartingPoint point = found(PositionMetadata.NONE.ofLog(OLD).encode(5));

    assertThat(point.isResumed()).isTrue();
    assertThat(point.logId()).isNull();
  }
}
