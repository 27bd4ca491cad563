package dev.tailrace.redis.stream;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.RetryHeaders;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A stream of its own with a tier of retries beside it, for each test. */
public abstract class TierFixture extends StreamFixture {
  static final Duration AN_HOUR = Duration.ofHours(1);

  final RedisTierFactory factory = new RedisTierFactory(impatient, "retry");
  final RedisTierConfig tier = RedisTierConfig.of(impatient, "retry");
  final RetryKeys keys = RetryKeys.of(stream, "retry");

  /** A sink that is open. */
  final Sink opened(RedisTierFactory of) {
    Sink sink = loop.get(() -> of.sink(loop.loop()));
    loop.await(sink::open);
    return sink;
  }

  /** Sends one message. */
  final Reply<Sink.Sent> send(Sink sink, OutgoingMessage message) {
    return loop.await(() -> sink.send(List.of(message))).get(0);
  }

  /** An entry that a consumer of the group has, which is gone by now. */
  final Delivery held(String body) {
    probe.add(stream, body);
    return held();
  }

  /** The oldest entry, likewise. */
  final Delivery held() {
    StreamConsumer consumer = StreamConsumer.holding(loop, config, "source");
    eventually().until(() -> consumer.accepted().size() == 1);
    Delivery held = consumer.accepted().get(0);
    consumer.die();
    return held;
  }

  /** A message that failed twice, to be tried again after some time. */
  public static OutgoingMessage later(Delivery held, Duration wait) {
    Message message = held.message();
    List<Headers.Header> headers = new ArrayList<>();
    message.headers().forEach(headers::add);
    Headers ticket =
        Headers.of(headers)
            .with(RetryHeaders.ORIGIN, message.origin().toString())
            .with(RetryHeaders.ORIGIN_TIMESTAMP, message.timestamp().toString())
            .with(RetryHeaders.FAILURES, "2")
            .with(RetryHeaders.FIRST_FAILED_AT, Instant.EPOCH.toString())
            .with(RetryHeaders.DUE, Instant.now().plus(wait).toString())
            .with(RetryHeaders.REASON, "no luck");
    Origin place = held.position();
    return new OutgoingMessage(message.key(), message.body(), ticket, place);
  }

  /** What a command with a key answers. */
  final long number(Command command, String key) {
    Response answer = Objects.requireNonNull(probe.command(command, key));
    return answer.toLong();
  }
}
