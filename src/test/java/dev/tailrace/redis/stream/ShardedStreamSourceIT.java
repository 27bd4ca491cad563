package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.UnfitException;
import dev.tailrace.source.Until;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Shards on a real server: who has them, what is read of them, and how they change hands. */
class ShardedStreamSourceIT extends StreamFixture {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final RedisSourceConfig one = sharded(1);
  private final String shard = stream + ":0";

  @Test
  void theSharesOfAllMembersAreEvenAfterEachJoinAndLeave() {
    StreamConsumer a = StreamConsumer.finishing(loop, sharded(8), "a");
    eventually().until(() -> shares(a).equals(List.of(8)));
    StreamConsumer b = StreamConsumer.finishing(loop, sharded(8), "b");
    StreamConsumer c = StreamConsumer.finishing(loop, sharded(8), "c");
    eventually().until(() -> shares(a, b, c).equals(List.of(2, 3, 3)));
    StreamConsumer d = StreamConsumer.finishing(loop, sharded(8), "d");
    eventually().until(() -> shares(a, b, c, d).equals(List.of(2, 2, 2, 2)));

    b.drain();
    d.drain();

    eventually().until(() -> shares(a, c).equals(List.of(4, 4)));
    Stream<String> shards =
        Stream.of(a, c).flatMap(each -> each.assigned().stream()).map(Partition::source);
    assertThat(shards).containsExactlyInAnyOrderElementsOf(new Shards(stream, 8).names());
    assertThat(Stream.of(a, b, c, d).flatMap(each -> each.ownership().stream()))
        .noneMatch(told -> told.startsWith("lost"));
    a.drain();
    c.drain();
  }

  @Test
  void aShardIsHandedOverWhenItsWorkHasEndedAndNotBefore() {
    Promise<Void> ended = Promise.promise();
    RecordingIntake busy = new RecordingIntake(10).restingWhen(ended.future());
    StreamConsumer a = new StreamConsumer(loop, sharded(2), "a", busy).open();
    eventually().until(() -> shares(a).equals(List.of(2)));
    StreamConsumer b = StreamConsumer.finishing(loop, sharded(2), "b");
    eventually().until(() -> shares(a).equals(List.of(1)));

    pass(LEASE.multipliedBy(2));
    assertThat(b.assigned()).isEmpty();
    loop.run(ended::complete);

    eventually().until(() -> shares(a, b).equals(List.of(1, 1)));
    a.drain();
    b.drain();
  }

  @Test
  void theEntriesOfAllShardsArriveOnceAndInTheOrderOfEach() {
    StreamConsumer a = StreamConsumer.finishing(loop, sharded(4), "a");
    StreamConsumer b = StreamConsumer.finishing(loop, sharded(4), "b");
    for (int i = 0; i < 400; i++) {
      probe.add(stream + ":" + i % 4, Integer.toString(i));
    }
    eventually().until(() -> a.bodies().size() + b.bodies().size() >= 400);

    for (int i = 0; i < 4; i++) {
      String name = stream + ":" + i;
      List<String> origins =
          Stream.of(a, b)
              .flatMap(each -> each.accepted().stream())
              .map(delivery -> delivery.message().origin())
              .filter(origin -> origin.source().equals(name))
              .map(origin -> origin.position())
              .toList();
      assertThat(origins).hasSize(100).isSorted().doesNotHaveDuplicates();
    }
    a.drain();
    b.drain();
    for (String name : new Shards(stream, 4).names()) {
      assertThat(probe.pending(name, "workers")).isEmpty();
      assertThat(probe.consumers(name, "workers")).isEmpty();
    }
  }

  @Test
  void aDrainGivesTheShardToTheNextOneWithWhatWasNotFinishedFirst() {
    StreamConsumer first = StreamConsumer.holding(loop, one, "a");
    StreamConsumer next = StreamConsumer.holding(loop, one, "b");
    probe.addMany(shard, 5);
    eventually().until(() -> first.bodies().size() == 5);
    loop.run(() -> first.acceptedNow().get(2).settle());

    first.drain();
    probe.add(shard, "new");

    eventually().until(() -> next.bodies().size() == 5);
    assertThat(next.bodies()).containsExactly("0", "1", "3", "4", "new");
    assertThat(next.accepted()).extracting(Delivery::deliveries).containsOnly(1);
    assertThat(first.ownership()).containsExactly("assigned " + shard, "revoked " + shard + " ok");
    next.each(Delivery::settle);
    next.drain();
    assertThat(probe.consumers(shard, "workers")).isEmpty();
  }

  @Test
  void anOwnerWhoseLeaseWasTakenGetsNothingMoreAndItsEntriesGoToTheNextOneInOrder() {
    StreamConsumer old = StreamConsumer.holding(loop, one, "a");
    probe.addMany(shard, 5);
    eventually().until(() -> old.bodies().size() == 5);

    probe.command(Command.SET, owner(), "somebody", "PX", "3000");
    IntStream.range(5, 10).forEach(i -> probe.add(shard, Integer.toString(i)));
    eventually().until(() -> old.ownership().contains("lost " + shard));

    assertThat(old.bodies()).isEqualTo(numbers(0, 5));
    StreamConsumer next = StreamConsumer.holding(loop, one, "b");
    old.drain();
    eventually().until(() -> next.bodies().size() == 10);
    assertThat(next.bodies()).isEqualTo(numbers(0, 10));
    assertThat(next.accepted().subList(0, 5)).extracting(Delivery::deliveries).containsOnly(2);
    assertThat(probe.consumers(shard, "workers"))
        .singleElement()
        .asString()
        .startsWith("b#"); // the old one's went with what was pending for it
    next.drain();
  }

  @Test
  void whoStoodStillForLongerThanItsLeaseStartsNothingOfIt() {
    StreamConsumer frozen = StreamConsumer.holding(loop, one, "a");
    probe.addMany(shard, 3);
    eventually().until(() -> frozen.bodies().size() == 3);
    List<Delivery> held = frozen.accepted();
    assertThat(loop.get(() -> held.stream().allMatch(Delivery::mayStart))).isTrue();

    loop.run(
        () -> {
          standStill(LEASE);
          assertThat(held).noneMatch(Delivery::mayStart); // before anybody has told that it is lost
        });

    eventually().until(() -> frozen.ownership().contains("lost " + shard));
    assertThat(loop.get(() -> held.stream().noneMatch(Delivery::mayStart))).isTrue();
    frozen.drain();
  }

  @Test
  void whoCannotStartKeepsNoShareFromOthers() {
    probe.command(Command.SET, stream + ":5", "text");

    assertThatThrownBy(() -> StreamConsumer.finishing(loop, sharded(8), "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(stream + ":5 cannot be read: WRONGTYPE");

    String members = "tailrace:{" + stream + "}:workers:members";
    assertThat(probe.command(Command.ZCARD, members)).hasToString("0");
  }

  @Test
  void aLateFinishOfAnEndedEpochAcknowledgesItsEntryAndNoOther() {
    StreamConsumer consumer = StreamConsumer.holding(loop, one, "a");
    probe.addMany(shard, 2);
    eventually().until(() -> consumer.bodies().size() == 2);
    probe.command(Command.DEL, owner());
    eventually().until(() -> consumer.bodies().equals(List.of("0", "1", "0", "1")));
    List<Delivery> deliveries = consumer.accepted();
    int first = deliveries.get(0).partition().epoch();
    assertThat(deliveries.get(2).partition().epoch()).isGreaterThan(first);

    loop.run(deliveries.get(0)::settle);

    eventually().until(() -> probe.pending(shard, "workers").size() == 1);
    assertThat(consumer.assigned()).hasSize(1);
    assertThat(consumer.status().partitions().get(0).committed()).isEmpty();
    loop.run(deliveries.get(2)::settle); // acknowledged already
    loop.run(deliveries.get(3)::settle);
    eventually().until(() -> probe.pending(shard, "workers").isEmpty());
    consumer.drain();
  }

  @Test
  void lostConnectionsChangeNoOrderAndRepeatNothing() {
    StreamConsumer consumer = StreamConsumer.finishing(loop, one, "a");
    int added = 0;
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < 25; i++) {
        probe.add(shard, Integer.toString(added++));
      }
      probe.command(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    List<String> all = numbers(0, added);
    eventually().until(() -> consumer.bodies().size() >= all.size());
    assertThat(consumer.bodies()).isEqualTo(all);
    eventually().until(() -> probe.pending(shard, "workers").isEmpty());
    consumer.drain();
  }

  @Test
  void aFrozenServerChangesNoOrderAndRepeatsNothingWithinTheLease() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there = impatientAt(server.url());
      StreamConsumer consumer = StreamConsumer.finishing(loop, there, "a");
      List<String> all = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        int from = all.size();
        all.addAll(numbers(from, from + 20));
        try (RedisProbe again = new RedisProbe(loop, server.url())) {
          IntStream.range(from, from + 20).forEach(i -> again.add(shard, Integer.toString(i)));
        }
        server.pause();
        eventually().until(() -> !consumer.status().connected());
        server.resume();
        eventually().until(() -> consumer.status().connected());
      }

      eventually().until(() -> consumer.bodies().size() >= all.size());
      assertThat(consumer.bodies()).isEqualTo(all);
      consumer.drain();
    }
  }

  @Test
  void anotherCountOfShardsIsRefusedAndSaysWhatToDo() {
    StreamConsumer eight = StreamConsumer.finishing(loop, sharded(8), "a");

    assertThatThrownBy(() -> StreamConsumer.finishing(loop, sharded(6), "b"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("has 8 shards, and 6 are configured")
        .hasMessageContaining("tailrace:{" + stream + "}:shards");

    eventually().until(() -> shares(eight).equals(List.of(8)));
    eight.drain();
  }

  @Test
  void aVanishedShardIsReadFromItsBeginningWithAnAlarm() {
    probe.add(shard, "before");
    StreamConsumer consumer = StreamConsumer.finishing(loop, one, "a");
    eventually().until(() -> consumer.bodies().size() == 1);

    probe.command(Command.DEL, shard);
    probe.add(shard, "after");

    eventually().until(() -> consumer.bodies().equals(List.of("before", "after")));
    assertThat(consumer.alarms()).containsExactly("source_reset");
    consumer.drain();
  }

  @Test
  void entriesWithSmallerIdsThanTheLastOneAreReadToo() {
    probe.command(Command.XADD, shard, "9999999999999-7", "value", "before");
    StreamConsumer consumer = StreamConsumer.finishing(loop, one, "a");
    eventually().until(() -> consumer.bodies().size() == 1);

    probe.command(Command.DEL, shard);
    probe.command(Command.XADD, shard, "5-0", "value", "after");

    eventually().until(() -> consumer.bodies().equals(List.of("before", "after")));
    consumer.drain();
  }

  @Test
  void anEntryThatWasDeletedWhilePendingIsCountedAsLossAndForgotten() {
    String id = probe.add(shard, "x");
    StreamConsumer old = StreamConsumer.holding(loop, one, "a");
    eventually().until(() -> old.bodies().size() == 1);
    old.drain();
    probe.command(Command.XDEL, shard, id);

    StreamConsumer heir = StreamConsumer.holding(loop, one, "b");

    eventually().until(() -> heir.alarms().equals(List.of("source_loss")));
    eventually().until(() -> probe.pending(shard, "workers").isEmpty());
    assertThat(heir.bodies()).isEmpty();
    heir.drain();
  }

  private RedisSourceConfig sharded(int count) {
    return RedisSourceConfig.of(url, "workers", new Shards(stream, count, LEASE));
  }

  /** With a short time-out and a lease that outlasts it. */
  private RedisSourceConfig impatientAt(String where) {
    Shards shards = new Shards(stream, 1);
    return new RedisSourceConfig(
        new RedisConfig(where, null, Duration.ofMillis(300)),
        shards.names(),
        "workers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        Duration.ofMinutes(1),
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }

  private String owner() {
    return "tailrace:{" + shard + "}:workers:owner";
  }

  /** How many shards each has, the fewest first. */
  private static List<Integer> shares(StreamConsumer... consumers) {
    return Stream.of(consumers).map(each -> each.assigned().size()).sorted().toList();
  }
}
