package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.source.CreditLeft;
import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way of what polls bring: through the stream, or past it. */
class ControlledPollTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final TopicPartition FIRST = new TopicPartition("orders", 0);
  private static final int RECORDS = 50;

  private final WakeableConsumer client = new WakeableConsumer();
  private final StreamThread stream = new StreamThread();
  private final Executor loop = stream.loop();
  private final List<Partition> started = new CopyOnWriteArrayList<>();
  private final List<Long> taken = new CopyOnWriteArrayList<>(); // offsets
  private final List<Long> returned = new CopyOnWriteArrayList<>(); // offsets
  private volatile CreditLeft credit = CreditLeft.NONE;

  private final ControlledConsumer consumer =
      new ControlledConsumer(
          client,
          KafkaSourceConfig.of("localhost:1", "group", FIRST.topic()),
          loop,
          new IgnoredEvents() {
            @Override
            public void started(List<StartingPoint> points) {
              points.forEach(point -> started.add(point.partition()));
            }
          },
          new PollAhead(loop, this::polled));

  private void polled(ConsumerRecords<byte[], byte[]> records) {
    taken.addAll(offsets(records));
    consumer.left(credit);
  }

  private static List<Long> offsets(ConsumerRecords<byte[], byte[]> records) {
    List<Long> offsets = new ArrayList<>();
    records.forEach(each -> offsets.add(each.offset()));
    return offsets;
  }

  @BeforeEach
  void poll() {
    client.updateBeginningOffsets(Map.of(FIRST, 0L));
    client.updateEndOffsets(Map.of(FIRST, 0L));
    stream.poll(
        consumer,
        FIRST.topic(),
        POLL,
        records -> {
          returned.addAll(offsets(records));
          loop.execute(() -> polled(records));
        });
    client.assignInPoll(List.of(FIRST));
    await().atMost(LIMIT).until(() -> !started.isEmpty());
    consumer.flow(Map.of(started.get(0), false));
  }

  @AfterEach
  void stop() throws InterruptedException {
    stream.stop(consumer);
  }

  private void bringsAll() {
    for (long offset = 0; offset < RECORDS; offset++) {
      ConsumerRecord<byte[], byte[]> next =
          new ConsumerRecord<>(FIRST.topic(), FIRST.partition(), offset, new byte[1], new byte[1]);
      client.inPoll(() -> client.addRecord(next));
      int there = (int) offset + 1;
      await().atMost(LIMIT).until(() -> taken.size() == there);
    }
    assertThat(taken).isSorted();
  }

  @Test
  void whatThereIsNoCreditBeyondIsReturnedToTheStream() {
    bringsAll();

    assertThat(returned).isEqualTo(taken);
  }

  @Test
  void whatThereIsCreditBeyondGoesToTheLoopAndThePollGoesOn() {
    credit = new CreditLeft(10, 1_000);
    loop.execute(() -> consumer.left(credit));

    bringsAll();

    assertThat(returned).isEmpty();
  }
}
