package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.ReadingEnd.Reached;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far a member is that reads until the end, over the client's mock. */
class ReadingEndTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TopicPartition FIRST = new TopicPartition("or.der/s", 0);
  private static final TopicPartition SECOND = new TopicPartition("or.der/s", 1);
  private static final ReadingEnd END = new ReadingEnd(Map.of(FIRST, 7L, SECOND, 3L));

  private final WakeableConsumer client = new WakeableConsumer();
  private final StreamThread stream = new StreamThread();
  private final ControlledConsumer consumer =
      new ControlledConsumer(
          client,
          KafkaSourceConfig.of("localhost:1", "group", FIRST.topic()),
          stream.loop(),
          new IgnoredEvents(),
          new PollAhead(stream.loop(), any -> {}));

  @BeforeEach
  void poll() {
    client.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 3L));
    client.updateEndOffsets(Map.of(FIRST, 9L, SECOND, 3L));
    stream.poll(consumer, FIRST.topic(), LIMIT, any -> {});
  }

  @AfterEach
  void stop() throws InterruptedException {
    stream.stop(consumer);
  }

  @Test
  void whereAPartitionEndedIsKnownByEitherName() {
    assertThat(END.of(new Partition("or.der/s/0", 4))).isEqualTo(7);
    assertThat(END.of(SECOND)).isEqualTo(3);
    assertThat(END.of(new Partition("or.der/s/2", 4))).as("made since").isZero();
  }

  @Test
  void whoOwnsNothingGoesByWhatIsCommittedAndByWhatIsLeft() {
    try (Elsewhere others = new Elsewhere()) {
      others.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 3L));
      assertThat(END.settled(others, LIMIT)).as("nothing is committed").isFalse();

      others.committed.put(FIRST, new OffsetAndMetadata(6));
      assertThat(END.settled(others, LIMIT)).as("one is left").isFalse();

      others.committed.put(FIRST, new OffsetAndMetadata(7));
      assertThat(END.settled(others, LIMIT)).as("nothing of the other is there").isTrue();
    }
    assertThat(look().settled()).isFalse();
  }

  /** A client that owns nothing, of a group in which others commit. */
  private static final class Elsewhere extends MockConsumer<byte[], byte[]> {
    final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

    Elsewhere() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions, Duration timeout) {
      Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
      partitions.forEach(partition -> known.put(partition, committed.get(partition)));
      return known;
    }
  }

  @Test
  void whoOwnsSomethingTellsWhereItReads() {
    client.assignInPoll(List.of(FIRST, SECOND));
    await().atMost(LIMIT).until(() -> !look().positions().isEmpty());

    Reached reached = look();
    assertThat(reached.settled()).isFalse();
    assertThat(reached.positions().keySet())
        .extracting(Partition::source)
        .containsExactlyInAnyOrder("or.der/s/0", "or.der/s/1");
    assertThat(reached.positions().values()).containsExactlyInAnyOrder(0L, 3L);
  }

  private Reached look() {
    Future<Reply<Reached>> asked =
        consumer.submit(LIMIT, membership -> (any, left) -> END.look(any, membership, left));
    await().atMost(LIMIT).until(asked::isComplete);
    assertThat(asked.result()).isInstanceOf(Reply.Ok.class);
    return ((Reply.Ok<Reached>) asked.result()).value();
  }
}
