package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.MetadataTooLargeException;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The control queue and the rebalance callbacks, over the client's mock. */
class ControlledConsumerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LONG_POLL = Duration.ofMinutes(5);
  private static final TopicPartition FIRST = new TopicPartition("orders", 0);
  private static final TopicPartition SECOND = new TopicPartition("orders", 1);

  private final WakeableConsumer client = new WakeableConsumer();
  private final StreamThread stream = new StreamThread();
  private final Told told = new Told();
  private ControlledConsumer consumer = consumer(Duration.ofSeconds(8));

  /** What the loop is told; a revocation completes when the test says so. */
  private static final class Told extends IgnoredEvents {
    final List<Partition> started = new CopyOnWriteArrayList<>();
    final List<Partition> revoking = new CopyOnWriteArrayList<>();
    final List<Partition> lost = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final Promise<Void> settled = Promise.promise();

    @Override
    public void started(List<StartingPoint> points) {
      points.forEach(point -> started.add(point.partition()));
    }

    @Override
    public Future<Void> revoked(List<Partition> partitions, Duration left) {
      revoking.addAll(partitions);
      return settled.future();
    }

    @Override
    public void lost(List<Partition> partitions) {
      lost.addAll(partitions);
    }

    @Override
    public void failed(Throwable failure) {
      failures.add(failure);
    }
  }

  private ControlledConsumer consumer(Duration revokeDeadline) {
    Membership membership =
        Membership.of("group", GroupProtocol.classic(Assignor.RANGE))
            .withRevokeDeadline(revokeDeadline);
    KafkaSourceConfig config =
        KafkaSourceConfig.of("localhost:1", "group", "orders").withMembership(membership);
    Executor loop = stream.loop();
    return new ControlledConsumer(client, config, loop, told, new PollAhead(loop, any -> {}));
  }

  @BeforeEach
  void offsets() {
    client.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    client.updateEndOffsets(Map.of(FIRST, 0L, SECOND, 0L));
  }

  @AfterEach
  void stop() throws InterruptedException {
    stream.stop(consumer);
  }

  private void poll() {
    stream.poll(consumer, "orders", LONG_POLL, any -> {});
  }

  private List<Partition> assigned(TopicPartition... partitions) {
    poll();
    client.assignInPoll(List.of(partitions));
    await().atMost(LIMIT).until(() -> told.started.size() == partitions.length);
    return List.copyOf(told.started);
  }

  private Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
    return new GroupCommits(() -> consumer, any -> {}).commit(positions);
  }

  private static <T> T join(Future<T> future) {
    await().atMost(LIMIT).until(future::isComplete);
    return future.result();
  }

  private static Position at(long offset) {
    return new Position(offset, "");
  }

  @Test
  void aCommandRunsWithinThePollThatIsUnderWay() throws InterruptedException {
    poll();
    assertThat(client.polling.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

    Future<Reply<String>> reply =
        consumer.submit(LIMIT, membership -> (client, left) -> Thread.currentThread().getName());

    assertThat(join(reply).isOk()).isTrue();
  }

  @Test
  void noCommitIsKilledByAWakeup() {
    Partition partition = assigned(FIRST).get(0);
    int times = 2_000;

    List<Future<Map<Partition, Reply<Void>>>> replies = new ArrayList<>();
    for (int i = 1; i <= times; i++) {
      Future<Map<Partition, Reply<Void>>> reply = commit(Map.of(partition, at(i)));
      replies.add(reply);
      if (i % 100 == 0) {
        join(reply); // the poll begins again, and is woken again
      }
    }

    assertThat(replies).allSatisfy(reply -> assertThat(ok(reply.result(), partition)).isTrue());
    assertThat(client.commits).hasValue(times);
    assertThat(client.committed(Set.of(FIRST)))
        .hasEntrySatisfying(FIRST, last -> assertThat(last.offset()).isEqualTo(times));
  }

  private static boolean ok(Map<Partition, Reply<Void>> replies, Partition partition) {
    Reply<Void> reply = replies.get(partition);
    return reply != null && reply.isOk();
  }

  @Test
  void aWakeupThatComesTooLateForItsPollIsSpentOnTheFirstTryOfACommand() {
    Partition partition = assigned(FIRST).get(0);
    client.inPoll(client::wakeup); // as a submit does that just misses the poll's end

    assertThat(ok(join(commit(Map.of(partition, at(5)))), partition)).isTrue();
  }

  @Test
  void aRevocationRunsCommitsUntilItsWorkHasSettled() {
    Partition partition = assigned(FIRST).get(0);
    client.assignInPoll(List.of());
    await().atMost(LIMIT).until(() -> told.revoking.contains(partition));

    assertThat(ok(join(commit(Map.of(partition, at(7)))), partition)).isTrue();
    told.settled.complete();
    await().atMost(LIMIT).until(() -> client.assignment().isEmpty());

    assertThat(join(commit(Map.of(partition, at(9)))).get(partition))
        .isInstanceOf(Reply.Failed.class);
    assertThat(client.wakeupsInCommits).hasValue(0);
  }

  @Test
  void aRevocationEndsAtItsDeadlineAndWhatCommitsLaterIsRefused() {
    consumer = consumer(Duration.ofMillis(100));
    Partition partition = assigned(FIRST).get(0);

    client.assignInPoll(List.of());

    await().atMost(LIMIT).until(() -> client.assignment().isEmpty());
    assertThat(told.revoking).containsExactly(partition);
    assertThat(join(commit(Map.of(partition, at(9)))).get(partition))
        .isInstanceOf(Reply.Failed.class);
    assertThat(client.commits).hasValue(0);
  }

  @Test
  void closingEndsARevocationThatWaits() {
    assigned(FIRST);
    client.assignInPoll(List.of());
    await().atMost(LIMIT).until(() -> !told.revoking.isEmpty());

    stream.stopPolling();
    consumer.beginClose();

    await().atMost(LIMIT).until(() -> client.assignment().isEmpty());
    assertThat(told.settled.future().isComplete()).isFalse();
  }

  @Test
  void aCallbackWithinTheCloseNeitherWaitsNorTells() {
    assigned(FIRST);
    stream.stopPolling();
    consumer.beginClose();

    stream.execute(() -> client.rebalance(List.of())); // as the client's close does

    await().atMost(LIMIT).until(() -> client.assignment().isEmpty());
    assertThat(told.revoking).isEmpty();
    assertThat(told.lost).isEmpty();
  }

  @Test
  void lostPartitionsAreToldAndNeitherWaitedForNorCommitted() {
    Partition partition = assigned(FIRST).get(0);

    client.loseInPoll(List.of(FIRST));

    await().atMost(LIMIT).until(() -> told.lost.contains(partition));
    assertThat(told.revoking).isEmpty();
    assertThat(join(commit(Map.of(partition, at(9)))).get(partition))
        .isInstanceOf(Reply.Failed.class);
    assertThat(client.commits).hasValue(0);
  }

  @Test
  void aFencedStaticMemberHoldsNothingAnyMore() {
    Partition partition = assigned(FIRST).get(0);

    client.inPoll(
        () -> {
          throw new FencedInstanceIdException("another has this id");
        });

    await().atMost(LIMIT).until(() -> told.lost.contains(partition));
    assertThat(told.failures).isNotEmpty();
  }

  @Test
  void aNewAssignmentIsHeldBackUntilItFlowsAndOnlyInItsEpoch() {
    Partition first = assigned(FIRST).get(0);
    assertThat(client.paused()).containsExactly(FIRST);

    consumer.flow(Map.of(first, false));
    await().atMost(LIMIT).until(() -> client.paused().isEmpty());
    consumer.flow(Map.of(first, true));
    consumer.flow(Map.of(new Partition(first.source(), first.epoch() + 1), false));

    await().atMost(LIMIT).until(() -> client.paused().equals(Set.of(FIRST)));
  }

  @Test
  void epochsGrowWithEveryAssignment() {
    Partition first = assigned(FIRST).get(0);
    told.settled.complete();
    client.assignInPoll(List.of());
    client.assignInPoll(List.of(FIRST));

    await().atMost(LIMIT).until(() -> told.started.size() == 2);

    assertThat(told.started.get(1).source()).isEqualTo(first.source());
    assertThat(told.started.get(1).epoch()).isGreaterThan(first.epoch());
  }

  @Test
  void aCommitThatARebalanceHoldsBackIsMadeAfterIt() {
    Partition partition = assigned(FIRST).get(0);
    client.commitFailures.add(new RebalanceInProgressException());
    client.commitFailures.add(new RebalanceInProgressException());

    assertThat(ok(join(commit(Map.of(partition, at(3)))), partition)).isTrue();
    assertThat(client.commitFailures).isEmpty();
  }

  @Test
  void anUnknownCommitIsReadBackThroughTheQueueAndOnlyWhereThePartitionIsOurs() {
    Partition partition = assigned(FIRST).get(0);
    assertThat(ok(join(commit(Map.of(partition, at(3)))), partition)).isTrue();
    client.commitFailures.add(new TimeoutException("the answer was lost"));
    Reply<Void> reply = join(commit(Map.of(partition, at(5)))).get(partition);
    Partition older = new Partition(partition.source(), partition.epoch() - 1);

    Map<Partition, Reply<Position>> held =
        join(new GroupCommits(() -> consumer, any -> {}).readBack(Set.of(partition, older)));

    assertThat(reply).isInstanceOf(Reply.Unknown.class);
    assertThat(held.get(partition)).isEqualTo(Reply.ok(at(3)));
    assertThat(held.get(older)).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void aTimeOutIsUnknownAndARefusalFailed() {
    Partition partition = assigned(FIRST).get(0);
    client.commitFailures.add(new TimeoutException("no answer"));
    client.commitFailures.add(new CommitFailedException());

    assertThat(join(commit(Map.of(partition, at(1)))).get(partition))
        .isInstanceOf(Reply.Unknown.class);
    assertThat(join(commit(Map.of(partition, at(1)))).get(partition))
        .isInstanceOf(Reply.Failed.class);
  }

  @Test
  void metadataThatIsTooLargeFailsItsPartitionAlone() {
    List<Partition> partitions = assigned(FIRST, SECOND);
    client.commitFailures.add(new OffsetMetadataTooLarge("together"));
    client.commitFailures.add(new OffsetMetadataTooLarge("the first alone"));

    Map<Partition, Reply<Void>> replies =
        join(commit(Map.of(partitions.get(0), at(1), partitions.get(1), at(1))));

    assertThat(replies.values()).filteredOn(Reply::isOk).hasSize(1);
    assertThat(replies.values())
        .filteredOn(reply -> !reply.isOk())
        .singleElement()
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(MetadataTooLargeException.class));
  }

  @Test
  void commandsBeyondTheLimitAreRefused() {
    List<Future<Reply<Boolean>>> replies = new ArrayList<>();
    for (int i = 0; i <= ControlQueue.LIMIT; i++) { // nobody polls
      replies.add(consumer.submit(LIMIT, membership -> (client, left) -> true));
    }

    assertThat(replies.get(ControlQueue.LIMIT).result()).isInstanceOf(Reply.Failed.class);
    assertThat(replies.get(0).isComplete()).isFalse();
    consumer.beginClose();
    assertThat(join(replies.get(0))).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void aFailedPollIsReportedAndNeverThrown() {
    client.inPoll(
        () -> {
          throw new IllegalStateException("from the client");
        });
    poll();

    await().atMost(LIMIT).until(() -> !told.failures.isEmpty());
    assertThat(told.failures.get(0)).hasMessage("from the client");
  }
}
