package dev.tailrace.kafka;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** However the loop's answer meets the waiting poll thread, the revocation ends after it. */
final class RevocationInterleavingsTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  @Test
  void theCallbackReturnsAfterTheLoopHasEndedTheWork() {
    Interleavings.onThreads(
        "GroupMembership",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          Answers answers = new Answers();
          GroupMembership membership = membership(loop, answers);
          membership.onPartitionsAssigned(List.of(ORDERS));
          membership.start();
          loop.drain();
          Race.between(
              () -> {
                membership.onPartitionsRevoked(List.of(ORDERS));
                Race.require(answers.ended, "back before the work has ended");
              },
              () -> {
                while (!answers.asked) {
                  loop.drain();
                }
                answers.end();
              });
          Race.require(membership.owned().isEmpty() && !answers.lost, "lost, or still owned");
        });
  }

  private static GroupMembership membership(QueuedLoop loop, Answers answers) {
    MockConsumer<byte[], byte[]> client = new MockConsumer<>("earliest");
    client.assign(List.of(ORDERS));
    client.updateBeginningOffsets(Map.of(ORDERS, 0L));
    client.updateEndOffsets(Map.of(ORDERS, 0L));
    ControlQueue queue = new ControlQueue(loop, () -> {});
    return new GroupMembership(
        loop, client, queue, answers, KafkaSourceConfig.of("localhost:1", "group", "orders"));
  }

  private static final class Answers implements GroupEvents {
    private final Promise<Void> work = Promise.promise();
    private volatile boolean asked;
    private volatile boolean ended;
    private volatile boolean lost;

    void end() {
      ended = true;
      work.complete();
    }

    @Override
    public void joined() {}

    @Override
    public void started(List<StartingPoint> points) {}

    @Override
    public Future<Void> revoked(List<Partition> partitions, Duration left) {
      asked = true;
      return work.future();
    }

    @Override
    public void lost(List<Partition> partitions) {
      lost = true;
    }

    @Override
    public void ends(Map<Partition, Long> ends) {}

    @Override
    public void failed(Throwable failure) {
      throw new IllegalStateException("unexpected", failure);
    }

    @Override
    public void deviated(Partition partition, StartingPoint.Deviation deviation) {
      throw new IllegalStateException("unexpected: " + deviation);
    }

    @Override
    public void ended() {
      throw new IllegalStateException("unexpected");
    }
  }
}
