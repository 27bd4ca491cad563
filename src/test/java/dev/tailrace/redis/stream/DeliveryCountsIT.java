package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.StreamFixture;
import dev.tailrace.source.Delivery;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What deliveries tell of entries that end their processes, where no store knows it. */
class DeliveryCountsIT extends StreamFixture {
  private final String shard = stream + ":0";

  private enum Kind {
    STREAM,
    SHARD
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatTwoProcessesLeftBehindIsSuspectedAndNothingElse(Kind kind) {
    probe.add(name(kind), "left behind");
    assertThat(dies(kind).suspected()).isFalse();
    assertThat(dies(kind).suspected()).isFalse();

    StreamConsumer third = consumer(kind);
    Delivery suspect = delivery(third);
    probe.add(name(kind), "new");
    eventually().until(() -> third.accepted().size() == 2);

    assertThat(suspect.suspected()).isTrue();
    assertThat(suspect.deaths()).isZero();
    assertThat(third.accepted().get(1).suspected()).isFalse();
    third.drain();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aCountedStartThatDoesNotEndIsADeathAndOneThatEndsIsNone(Kind kind) {
    probe.add(name(kind), "suspect");
    dies(kind);
    dies(kind);
    StreamConsumer third = consumer(kind);
    assertThat(loop.await(delivery(third)::countStart)).isTrue();
    third.die();

    StreamConsumer fourth = consumer(kind);
    Delivery again = delivery(fourth);
    assertThat(again.deaths()).isEqualTo(1);
    assertThat(again.deliveries()).isEqualTo(4);
    assertThat(loop.await(again::countStart)).isTrue();
    loop.run(again::rests);
    loop.await(again::endWritten);
    fourth.die();

    StreamConsumer fifth = consumer(kind);
    assertThat(delivery(fifth).deaths()).isEqualTo(1);
    fifth.drain();
    StreamConsumer sixth = consumer(kind);
    assertThat(delivery(sixth).deaths()).as("what a drain gives back").isEqualTo(1);
    assertThat(delivery(sixth).deliveries()).isEqualTo(5);
    sixth.each(Delivery::settle);
    sixth.drain();
    assertThat(probe.pending(name(kind), "workers")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whereAStoreRemembersStartsNothingIsSuspected(Kind kind) {
    probe.add(name(kind), "x");
    dies(kind);
    dies(kind);

    StreamConsumer third = StreamConsumer.holding(loop, config(kind), "a");

    assertThat(delivery(third).suspected()).isFalse();
    third.drain();
  }

  @Test
  void aStartOfWhatAnotherHasByNowIsNotCounted() {
    probe.add(stream, "x");
    dies(Kind.STREAM);
    dies(Kind.STREAM);
    StreamConsumer robbed = consumer(Kind.STREAM);
    Delivery delivery = delivery(robbed);
    String id = delivery.position().position();
    probe.command(Command.XCLAIM, stream, "workers", "thief", "0", id);

    assertThat(loop.await(delivery::countStart)).isFalse();

    Response row =
        Objects.requireNonNull(probe.command(Command.XPENDING, stream, "workers", id, id, "1"));
    assertThat(row.get(0).get(3).toInteger()).as("deliveries").isEqualTo(4);
    robbed.drain();
  }

  private Delivery dies(Kind kind) {
    StreamConsumer consumer = consumer(kind);
    Delivery delivery = delivery(consumer);
    consumer.die();
    return delivery;
  }

  private StreamConsumer consumer(Kind kind) {
    return StreamConsumer.withoutStore(loop, config(kind), "a");
  }

  private static Delivery delivery(StreamConsumer consumer) {
    eventually().until(() -> !consumer.accepted().isEmpty());
    return consumer.accepted().get(0);
  }

  private RedisSourceConfig config(Kind kind) {
    return kind == Kind.STREAM
        ? config
        : RedisSourceConfig.of(url, "workers", new Shards(stream, 1));
  }

  private String name(Kind kind) {
    return kind == Kind.STREAM ? stream : shard;
  }
}
