package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Source.Flush;
import dev.tailrace.source.UnfitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A source on a real server: what it delivers, keeps, gives back and takes over. */
class RedisStreamSourceIT extends StreamFixture {
  @Test
  void everyEntryIsDeliveredOnceInOrderAndAcknowledged() {
    probe.addMany(stream, 1_500);
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");

    eventually().until(() -> consumer.bodies().size() == 1_500);

    assertThat(consumer.bodies()).isEqualTo(numbers(0, 1_500));
    Flush flush = consumer.flush();
    assertThat(flush.pending() + flush.unknown()).isZero();
    assertThat(probe.pending(stream, "workers")).isEmpty();
    assertThat(consumer.committed()).hasSize(1_500);
    consumer.drain();
  }

  @Test
  void entriesAreReceivedSoonAfterTheyAreAdded() {
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");
    probe.add(stream, "one");
    eventually().until(() -> consumer.bodies().equals(List.of("one")));

    probe.add(stream, "two");

    eventually().until(() -> consumer.bodies().equals(List.of("one", "two")));
    consumer.drain();
  }

  @Test
  void aNewGroupBeginsWhereItsStartSays() {
    probe.add(stream, "old");
    StreamConsumer latest =
        StreamConsumer.finishing(loop, config.withStart(RedisSourceConfig.Start.LATEST), "a");
    probe.add(stream, "new");

    eventually().until(() -> !latest.bodies().isEmpty());

    assertThat(latest.bodies()).containsExactly("new");
    latest.drain();
  }

  @Test
  void nothingArrivesWithoutCreditAndNoMoreThanTheCredit() {
    probe.addMany(stream, 100);
    RecordingIntake hold = new RecordingIntake(0);
    StreamConsumer consumer = new StreamConsumer(loop, config, "a", hold).open();
    StreamConsumer other = StreamConsumer.holding(loop, config, "b");
    eventually().until(() -> other.bodies().size() == 100);
    assertThat(consumer.bodies()).isEmpty();
    assertThat(consumer.status().partitions()).hasSize(1).allMatch(partition -> partition.paused());
    other.each(Delivery::settle);
    other.drain();

    probe.addMany(stream, 20);
    loop.run(() -> consumer.source().request(hold.assigned.get(0), 7, Long.MAX_VALUE));

    eventually().until(() -> !consumer.bodies().isEmpty());
    assertThat(consumer.bodies()).hasSizeLessThanOrEqualTo(7);
    consumer.drain();
  }

  @Test
  void theStatusTellsWhatIsUnreadWhereTheServerDoes() {
    probe.addMany(stream, 12);
    StreamConsumer paused = new StreamConsumer(loop, config, "a", new RecordingIntake(0)).open();

    eventually().until(() -> paused.status().partitions().size() == 1);
    if (probe.tellsLag(stream)) {
      eventually().until(() -> paused.status().partitions().get(0).lag() == 12);
    } else {
      assertThat(paused.status().partitions().get(0).lag()).isEqualTo(-1);
    }
    paused.drain();
  }

  @Test
  void theEntriesOfADeadConsumerAreTakenOverAfterClaimIdle() {
    probe.addMany(stream, 5);
    StreamConsumer dead = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> dead.bodies().size() == 5);
    dead.die();

    StreamConsumer heir = StreamConsumer.holding(loop, impatient, "b");

    eventually().until(() -> heir.bodies().size() == 5);
    assertThat(heir.bodies()).containsExactlyElementsOf(numbers(0, 5));
    assertThat(heir.accepted()).allMatch(delivery -> delivery.deliveries() == 2);
    heir.each(Delivery::settle);
    heir.drain();
    assertThat(probe.pending(stream, "workers")).isEmpty();
  }

  @Test
  void workThatTakesLongerThanClaimIdleIsNotTaken() {
    int held = 700; // more than one request renews
    probe.addMany(stream, held);
    StreamConsumer slow = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> slow.bodies().size() == held);
    slow.credit(0); // else it would look for silent entries too, and find its own
    StreamConsumer greedy = StreamConsumer.holding(loop, impatient, "b");

    pass(SOON.multipliedBy(3));

    assertThat(greedy.bodies()).isEmpty();
    assertThat(slow.stolen()).isEmpty();
    assertThat(probe.pending(stream, "workers"))
        .hasSize(held)
        .allMatch(row -> row.endsWith("by a"));
    slow.each(Delivery::settle);
    slow.drain();
    greedy.drain();
  }

  @Test
  void afterStandingStillNothingMayStartBeforeItIsKnownToBeOurs() {
    probe.addMany(stream, 2);
    StreamConsumer frozen = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> frozen.bodies().size() == 2);
    List<Delivery> held = frozen.accepted();
    frozen.credit(0); // else it would look for silent entries too, and take the thief's
    probe.command(
        Command.XCLAIM, stream, "workers", "thief", "0", held.get(0).position().position());

    loop.run(
        () -> {
          standStill(SOON);
          assertThat(held).noneMatch(Delivery::mayStart);
        });

    eventually().until(() -> loop.get(held.get(1)::mayStart));
    assertThat(frozen.stolen()).containsExactly(held.get(0));
    frozen.drain();
  }

  @Test
  void whatADrainGivesBackIsTakenAtOnceAndDoesNotCountAsDelivered() {
    probe.addMany(stream, 10);
    StreamConsumer leaving = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> leaving.bodies().size() == 10);
    StreamConsumer staying = StreamConsumer.holding(loop, config, "b");

    Flush given = leaving.drain();

    assertThat(given.flushed()).isEqualTo(10);
    assertThat(given.pending() + given.unknown()).isZero();
    eventually().until(() -> staying.bodies().size() == 10); // long before claim-idle is over
    assertThat(staying.accepted()).allMatch(delivery -> delivery.deliveries() == 1);
    staying.each(Delivery::settle);
    staying.drain();
  }

  @Test
  void aCleanCloseLeavesNothingPendingAndNoConsumer() {
    probe.addMany(stream, 50);
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");
    eventually().until(() -> consumer.bodies().size() == 50);
    assertThat(probe.consumers(stream, "workers")).containsExactly("a");

    consumer.drain();

    assertThat(probe.pending(stream, "workers")).isEmpty();
    assertThat(probe.consumers(stream, "workers")).isEmpty();
  }

  @Test
  void aConsumerWithPendingEntriesIsNotDeleted() {
    probe.addMany(stream, 2);
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> consumer.bodies().size() == 2);

    consumer.die();

    assertThat(probe.consumers(stream, "workers")).containsExactly("a");
    assertThat(probe.pending(stream, "workers")).hasSize(2);
  }

  @Test
  void aRestartedConsumerGetsItsOwnPendingEntriesFirst() {
    probe.addMany(stream, 3);
    StreamConsumer first = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> first.bodies().size() == 3);
    first.die();
    probe.add(stream, "3");

    StreamConsumer again = StreamConsumer.holding(loop, config, "a");

    eventually().until(() -> again.bodies().size() == 4);
    assertThat(again.bodies()).isEqualTo(numbers(0, 4));
    assertThat(again.accepted()).extracting(Delivery::deliveries).containsExactly(2, 2, 2, 1);
    again.each(Delivery::settle);
    again.drain();
  }

  @Test
  void flushJoinsAcknowledgementsThatAreUnderWay() {
    probe.addMany(stream, 200);
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> consumer.bodies().size() == 200);

    Flush flush =
        loop.await(
            () -> {
              consumer.acceptedNow().forEach(Delivery::settle);
              return consumer.source().flush();
            });

    assertThat(flush.flushed()).isEqualTo(200);
    assertThat(flush.positions()).hasSize(1);
    assertThat(flush.positions().get(0).commit()).isEqualTo("ok");
    assertThat(probe.pending(stream, "workers")).isEmpty();
    consumer.drain();
  }

  @Test
  void anEntryThatAnotherHasTakenIsDroppedAndNotGivenBack() {
    String id = probe.add(stream, "x");
    StreamConsumer robbed = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> robbed.bodies().size() == 1);

    probe.command(Command.XCLAIM, stream, "workers", "thief", "0", id);

    eventually().until(() -> robbed.stolen().size() == 1);
    assertThat(robbed.giveBack().flushed()).isZero();
    assertThat(probe.pending(stream, "workers")).hasSize(1).allMatch(row -> row.endsWith("thief"));
    robbed.drain();
  }

  @Test
  void anEntryThatAnotherTakesJustBeforeItIsGivenBackStaysWithTheOther() {
    probe.addMany(stream, 2);
    StreamConsumer leaving = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> leaving.bodies().size() == 2);
    String taken = leaving.accepted().get(0).message().origin().position();
    probe.command(Command.XCLAIM, stream, "workers", "b", "0", taken); // no renewal has seen it

    Flush given = leaving.drain();

    assertThat(given.flushed()).isEqualTo(1);
    assertThat(probe.pending(stream, "workers")).contains(taken + " by b");
  }

  @Test
  void bytesArriveAsTheyWereWritten() {
    Buffer key = Buffer.buffer(new byte[] {0, (byte) 0xff, 13, 10, (byte) 0xc3});
    Buffer value = Buffer.buffer(new byte[] {(byte) 0x80, 0, 13, 10, 42, 36});
    Buffer header = Buffer.buffer(new byte[] {(byte) 0xfe, 0});
    probe.command(
        Command.XADD, stream, "5-7", "key", key, "value", value, "h.trace", header, "h.empty", "");
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "a");

    eventually().until(() -> consumer.accepted().size() == 1);

    Delivery delivery = consumer.accepted().get(0);
    assertThat(delivery.message()).hasToString(stream + "@5-7");
    assertThat(delivery.message().key()).isEqualTo(key);
    assertThat(delivery.message().body()).isEqualTo(value);
    assertThat(delivery.message().headers().get("trace")).isEqualTo(header);
    assertThat(delivery.message().headers().get("empty")).isEqualTo(Buffer.buffer());
    assertThat(delivery.message().timestamp().toEpochMilli()).isEqualTo(5);
    assertThat(delivery.bytes()).isGreaterThanOrEqualTo(13);
    consumer.each(Delivery::settle);
    consumer.drain();
  }

  @Test
  void oneSourceReadsSeveralStreams() {
    String second = stream + "-2";
    RedisSourceConfig both = RedisSourceConfig.of(url, "workers", stream, second);
    StreamConsumer consumer = StreamConsumer.finishing(loop, both, "a");
    probe.add(stream, "one");
    probe.add(second, "two");

    eventually().until(() -> consumer.bodies().size() == 2);

    assertThat(consumer.accepted())
        .extracting(delivery -> delivery.partition().source())
        .containsExactlyInAnyOrder(stream, second);
    consumer.drain();
    assertThat(probe.consumers(second, "workers")).isEmpty();
  }

  @Test
  void whatIsNoStreamIsRefused() {
    probe.command(Command.SET, stream, "text");

    assertThatThrownBy(() -> StreamConsumer.holding(loop, config, "a"))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(stream)
        .hasMessageContaining("WRONGTYPE");
  }

  @Test
  void afterTheIntakeIsClosedNothingArrivesAndWhatWasReadGoesBack() {
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "a");
    probe.add(stream, "one");
    eventually().until(() -> consumer.bodies().size() == 1);

    loop.await(consumer.source()::closeIntake);
    probe.add(stream, "two");
    StreamConsumer other = StreamConsumer.holding(loop, config, "b");

    eventually().until(() -> other.bodies().equals(List.of("two")));
    assertThat(consumer.bodies()).containsExactly("one");
    consumer.drain();
    other.drain();
  }

  @Test
  void whatCannotBeGivenBackAnyMoreIsSaidToBeUnknown() {
    probe.addMany(stream, 3);
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "a");
    eventually().until(() -> consumer.bodies().size() == 3);
    consumer.die();
    consumer.each(Delivery::release);

    Flush given = consumer.giveBack();

    assertThat(given.flushed()).isZero();
    assertThat(given.unknown()).isEqualTo(3);
  }

  @Test
  void everyCallIsFineTwiceAndWithoutTheOnesBeforeIt() {
    StreamConsumer unopened = new StreamConsumer(loop, config, "a", new RecordingIntake(1));
    unopened.drain();
    unopened.drain();

    StreamConsumer opened = StreamConsumer.holding(loop, config, "b");
    opened.drain();
    opened.drain();

    assertThat(probe.consumers(stream, "workers")).isEmpty();
  }
}
