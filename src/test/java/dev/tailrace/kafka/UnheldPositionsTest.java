package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Positions that the broker does not hold, over the client's mock, on one thread. */
class UnheldPositionsTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  private final MockConsumer<byte[], byte[]> client = new MockConsumer<>("none");
  private final Told told = new Told();

  private static final class Told extends IgnoredEvents {
    private final List<StartingPoint> started = new ArrayList<>();
    private final List<Partition> lost = new ArrayList<>();
    private final List<String> deviations = new ArrayList<>();

    @Override
    public void started(List<StartingPoint> points) {
      started.addAll(points);
    }

    @Override
    public void lost(List<Partition> partitions) {
      lost.addAll(partitions);
    }

    @Override
    public void deviated(Partition partition, StartingPoint.Deviation deviation) {
      deviations.add(deviation.alarm().label() + ": " + deviation.detail());
    }
  }

  /** An assigned partition that the group has committed at {@code committed}, and what came. */
  private GroupMembership resolved(
      OutOfRange policy, long committed, long first, long end, OffsetOutOfRangeException failure) {
    KafkaSourceConfig config =
        KafkaSourceConfig.of("localhost:1", "group", "orders").withOutOfRange(policy);
    GroupMembership membership =
        new GroupMembership(
            Runnable::run, client, new ControlQueue(Runnable::run, () -> {}), told, config);
    client.updateBeginningOffsets(Map.of(ORDERS, 0L));
    client.updateEndOffsets(Map.of(ORDERS, 100L));
    client.subscribe(List.of("orders"), membership);
    client.rebalance(List.of(ORDERS));
    client.commitSync(Map.of(ORDERS, new OffsetAndMetadata(committed, "")));
    membership.start();
    client.resume(List.of(ORDERS));
    client.updateBeginningOffsets(Map.of(ORDERS, first));
    client.updateEndOffsets(Map.of(ORDERS, end));

    new UnheldPositions(Runnable::run, client, membership, told, policy).resolve(failure);
    return membership;
  }

  private static OffsetOutOfRangeException outOfRange(long position) {
    return new OffsetOutOfRangeException(Map.of(ORDERS, position));
  }

  @Test
  void whatWasDeletedUnreadIsNamedAndTheSameEpochGoesOnAtTheOldest() {
    resolved(OutOfRange.EARLIEST, 3, 6, 10, outOfRange(3));

    assertThat(told.deviations).containsExactly("source_loss: offsets 3 to 5 were deleted unread");
    assertThat(client.position(ORDERS)).isEqualTo(6);
    assertThat(told.lost).isEmpty();
    assertThat(told.started).hasSize(1);
  }

  @Test
  void aLogThatWasCutAboveTheCommittedPositionBeginsAnewThereAndBelievesNothingAboveIt() {
    LogTruncationException cut =
        new LogTruncationException(
            Map.of(ORDERS, 50L), Map.of(ORDERS, new OffsetAndMetadata(40L, Optional.of(1), "")));
    GroupMembership membership = resolved(OutOfRange.EARLIEST, 20, 0, 45, cut);
    membership.start();

    assertThat(told.deviations).hasSize(1).first().asString().contains("cut at 40");
    assertThat(told.lost).containsExactly(told.started.get(0).partition());
    StartingPoint again = told.started.get(1);
    assertThat(again.start()).isEqualTo(20);
    assertThat(again.committed()).isNull();
    assertThat(again.partition().epoch()).isGreaterThan(told.started.get(0).partition().epoch());
    assertThat(client.position(ORDERS)).isEqualTo(20);
  }

  @Test
  void aLogThatWasCutBelowTheCommittedPositionBeginsAnewAtItsOldest() {
    GroupMembership membership = resolved(OutOfRange.EARLIEST, 20, 2, 7, outOfRange(50));
    membership.start();

    assertThat(told.deviations).hasSize(1).first().asString().startsWith("source_reset");
    assertThat(told.started.get(1).start()).isEqualTo(2);
  }

  @Test
  void whatIsToBeHeldIsPausedAndStaysWhereItWas() {
    GroupMembership membership = resolved(OutOfRange.HOLD, 3, 6, 10, outOfRange(3));

    assertThat(told.deviations).hasSize(1).first().asString().contains("deleted unread: held");
    assertThat(membership.isHeld(ORDERS)).isTrue();
    assertThat(client.paused()).containsExactly(ORDERS);
    assertThat(told.lost).isEmpty();
    assertThat(client.position(ORDERS)).isEqualTo(3);
  }
}
