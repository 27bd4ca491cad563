package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Retried;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is put off leaves its stream and comes back when it is due, once, on a real server. */
class RedisTierIT extends TierFixture {
  @Test
  void anEntryIsPutOffAndAcknowledgedInOneStepHoweverOftenItIsSent() {
    Sink sink = opened(factory);
    Delivery held = held("x");

    List<Reply<Sink.Sent>> replies =
        loop.await(() -> sink.send(List.of(later(held, AN_HOUR), later(held, AN_HOUR))));
    List<Reply<Sink.Sent>> again = loop.await(() -> sink.send(List.of(later(held, AN_HOUR))));

    assertThat(replies).hasSize(2).allMatch(Reply::isOk);
    assertThat(again).hasSize(1).allMatch(Reply::isOk);
    assertThat(number(Command.ZCARD, keys.waiting())).isEqualTo(1);
    assertThat(number(Command.HLEN, keys.messages())).isEqualTo(1);
    assertThat(probe.pending(stream, "workers")).isEmpty();
    assertThat(number(Command.XLEN, stream)).as("the stream keeps what it has").isEqualTo(1);
    loop.await(sink::close);
  }

  @Test
  void itComesBackWhenItIsDueAsWhatItWas() {
    Sink sink = opened(factory);
    StreamConsumer due = StreamConsumer.ofDue(loop, tier, "a");
    probe.command(
        Command.XADD, stream, "*", "key", bytes(0, 255), "h.trace", bytes(1, 254), "h.empty", "");
    Delivery held = held();
    long before = System.nanoTime();

    send(sink, later(held, Duration.ofMillis(300)));
    eventually().until(() -> due.accepted().size() == 1);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
    Delivery delivery = due.accepted().get(0);
    Message back = delivery.message();
    assertThat(back).isEqualTo(held.message());
    assertThat(delivery.position().source()).isEqualTo(keys.stream());
    Retried retried = Objects.requireNonNull(delivery.retried());
    assertThat(retried.failures()).isEqualTo(2);
    assertThat(retried.firstFailed()).isEqualTo(Instant.EPOCH);
    due.each(Delivery::settle);
    due.flush();
    assertThat(probe.pending(keys.stream(), "workers")).isEmpty();
    assertThat(number(Command.XLEN, keys.stream())).as("the tier keeps nothing").isZero();
    assertThat(number(Command.HLEN, keys.messages())).isZero();
    due.drain();
    loop.await(sink::close);
  }

  @Test
  void whatFailsAgainGoesFromItsTierIntoTheSameOne() {
    Sink sink = opened(factory);
    StreamConsumer due = StreamConsumer.ofDue(loop, tier, "a");
    send(sink, later(held("x"), Duration.ZERO));
    eventually().until(() -> due.accepted().size() == 1);
    Delivery back = due.accepted().get(0);

    send(sink, later(back, AN_HOUR));
    send(sink, later(back, AN_HOUR));

    assertThat(number(Command.ZCARD, keys.waiting())).isEqualTo(1);
    assertThat(number(Command.XLEN, keys.stream())).isZero();
    assertThat(probe.pending(keys.stream(), "workers")).isEmpty();
    eventually().until(() -> due.status().partitions().get(0).lag() <= 1);
    due.drain();
    loop.await(sink::close);
  }

  @Test
  void whatAnotherHasFinishedIsNotPutOff() {
    Sink sink = opened(factory);
    Delivery held = held("x");
    probe.command(Command.XACK, stream, "workers", held.position().position());

    assertThat(send(sink, later(held, AN_HOUR)).isOk()).isTrue();

    assertThat(number(Command.ZCARD, keys.waiting())).isZero();
    loop.await(sink::close);
  }

  @Test
  void whatItsStreamHasLostStaysInThePool() {
    Sink sink = opened(factory);
    Delivery held = held("x");
    probe.command(Command.DEL, stream);

    assertThat(send(sink, later(held, AN_HOUR)).cause())
        .isInstanceOf(MessageRefusedException.class)
        .hasMessageContaining("has lost " + held.position());
    loop.await(sink::close);
  }

  @Test
  void whatAGroupMadeAnewWillBringAgainIsNotTakenForFinished() {
    Sink sink = opened(factory);
    Delivery held = held("x");
    probe.command(Command.XGROUP, "DESTROY", stream, "workers");
    assertThat(send(sink, later(held, AN_HOUR))).isInstanceOf(Reply.Failed.class);

    probe.command(Command.XGROUP, "CREATE", stream, "workers", "0");
    assertThat(send(sink, later(held, AN_HOUR))).isInstanceOf(Reply.Failed.class);
    StreamConsumer other = StreamConsumer.holding(loop, config, "other");
    eventually().until(() -> other.accepted().size() == 1);

    assertThat(send(sink, later(held, AN_HOUR)).isOk()).isTrue();
    assertThat(number(Command.ZCARD, keys.waiting())).isEqualTo(1);
    other.drain();
    loop.await(sink::close);
  }

  @Test
  void moreThanOneCallMovesIsMovedByAllProcessesTogetherEachOnce() {
    List<Sink> sinks = List.of(opened(factory), opened(factory), opened(factory));
    int all = 1_500;
    StreamConsumer source = StreamConsumer.holding(loop, config, "source");
    probe.addMany(stream, all);
    eventually().until(() -> source.accepted().size() == all);
    StreamConsumer due = StreamConsumer.ofDue(loop, tier, "a");
    Duration wait = Duration.ofMillis(1_500);
    List<OutgoingMessage> later = source.accepted().stream().map(one -> later(one, wait)).toList();

    assertThat(loop.await(() -> sinks.get(0).send(later))).hasSize(all).allMatch(Reply::isOk);
    eventually()
        .until(
            () -> {
              due.credit(1_000);
              return due.accepted().size() >= all;
            });

    assertThat(due.bodies()).containsExactlyInAnyOrderElementsOf(numbers(0, all));
    assertThat(number(Command.ZCARD, keys.waiting())).isZero();
    assertThat(number(Command.HLEN, keys.messages())).isZero();
    due.drain();
    source.drain();
    sinks.forEach(sink -> loop.await(sink::close));
  }

  @Test
  void whatATakeoverHasFinishedIsNotRunByItsOldOwner() {
    Sink sink = opened(factory);
    StreamConsumer slow = StreamConsumer.ofDue(loop, tier, "slow");
    send(sink, later(held("x"), Duration.ZERO));
    eventually().until(() -> slow.accepted().size() == 1);
    String id = slow.accepted().get(0).position().position();

    probe.command(Command.XACK, keys.stream(), "workers", id);
    probe.command(Command.XDEL, keys.stream(), id);

    eventually().until(() -> slow.stolen().equals(slow.accepted()));
    slow.drain();
    loop.await(sink::close);
  }

  @Test
  void whatIsBeingMovedIsNotTakenForStolenWhenItsEntryIsAcknowledgedBeforeItIsSettled() {
    probe.addMany(stream, 2);
    StreamConsumer consumer = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> consumer.accepted().size() == 2);
    Delivery moving = consumer.accepted().get(0);
    Delivery stolen = consumer.accepted().get(1);
    loop.run(() -> moving.moving(true));
    consumer
        .accepted()
        .forEach(
            each -> probe.command(Command.XACK, stream, "workers", each.position().position()));

    eventually().until(() -> consumer.stolen().equals(List.of(stolen)));
    pass(SOON);
    assertThat(consumer.stolen()).containsExactly(stolen);
    loop.run(() -> moving.moving(false));
    eventually().until(() -> consumer.stolen().equals(List.of(stolen, moving)));
    consumer.drain();
  }

  @Test
  void aMessageOfMoreHeadersThanAScriptTakesIsRefused() {
    Sink sink = opened(factory);
    Delivery held = held("x");
    Headers many =
        Headers.of(
            IntStream.range(0, 3_500).mapToObj(i -> new Headers.Header("h" + i, null)).toList());

    Reply<Sink.Sent> refused = send(sink, new OutgoingMessage(null, null, many, held.position()));

    assertThat(refused.cause())
        .isInstanceOf(MessageRefusedException.class)
        .hasMessageContaining("fields are more than the 3500");
    loop.await(sink::close);
  }

  private static Buffer bytes(int... values) {
    Buffer bytes = Buffer.buffer();
    for (int value : values) {
      bytes.appendByte((byte) value);
    }
    return bytes;
  }
}
