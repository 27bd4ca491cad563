package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.message.Headers;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.RedisTierConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.redis.stream.StreamConsumer;
import dev.tailrace.redis.stream.TierFixture;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Until;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who writes to streams and reads them, where servers come and go.
 *
 * @param loop of all of them
 * @param redis where the streams are
 */
record StreamScene(EventLoop loop, RedisConfig redis) {
  static final Duration CLAIM_IDLE = Duration.ofSeconds(60);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  RedisSourceConfig reading(List<String> streams, @Nullable Shards shards) {
    return new RedisSourceConfig(
        redis,
        streams,
        "readers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        CLAIM_IDLE,
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }

  Sink sink(String stream) {
    Sink sink = loop.get(() -> new RedisSinkFactory(redis, stream).sink(loop.loop()));
    loop.await(sink::open);
    return sink;
  }

  void closeAll(List<Sink> sinks) {
    sinks.forEach(sink -> loop.await(sink::close));
  }

  /** Each to each of them, until it is confirmed. */
  void send(List<Sink> sinks, int from, int to) {
    for (int i = from; i < to; i++) {
      OutgoingMessage message = new OutgoingMessage(null, Buffer.buffer("m" + i), Headers.empty());
      for (Sink sink : sinks) {
        await()
            .atMost(LIMIT)
            .pollDelay(Duration.ZERO)
            .until(() -> loop.await(() -> sink.send(List.of(message))).get(0).isOk());
      }
    }
  }

  static List<String> origins(StreamConsumer consumer) {
    return consumer.accepted().stream().map(held -> held.message().origin().toString()).toList();
  }

  /**
   * A stream, shards and a tier are written and read, and all that was confirmed comes, also after
   * the server of the stream and the tier has been replaced.
   */
  void goesOnAfter(Runnable failover, String stream) {
    Shards twoShards = new Shards(stream + "-sharded", 2, Duration.ofSeconds(2));
    RedisSourceConfig failing = reading(List.of("failing{" + stream + "}"), null); // of one slot
    List<Sink> shards = twoShards.names().stream().map(this::sink).toList();
    List<Sink> plain = List.of(sink(stream));
    send(plain, 0, 100);
    send(shards, 0, 50);
    StreamConsumer consumer = StreamConsumer.finishing(loop, reading(List.of(stream), null), "a");
    StreamConsumer owner =
        StreamConsumer.finishing(loop, reading(twoShards.names(), twoShards), "a");
    Sink tier = putOff(failing, 20);
    StreamConsumer due = StreamConsumer.ofDue(loop, RedisTierConfig.of(failing, "retry"), "a");

    failover.run();
    send(plain, 100, 200);
    send(shards, 50, 100);

    await().atMost(LIMIT).until(() -> new HashSet<>(consumer.bodies()).size() == 200);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    await().atMost(LIMIT).until(() -> new HashSet<>(origins(owner)).size() == 200);
    await().atMost(LIMIT).until(() -> new HashSet<>(due.bodies()).size() == 20);
    consumer.drain();
    owner.drain();
    due.each(Delivery::settle);
    due.drain();
    closeAll(plain);
    closeAll(shards);
    loop.await(tier::close);
  }

  /** Reads so many entries of a stream, and has them wait for longer than a failover takes. */
  private Sink putOff(RedisSourceConfig source, int messages) {
    List<Sink> entries = List.of(sink(source.streams().get(0)));
    send(entries, 0, messages);
    closeAll(entries);
    StreamConsumer failing = StreamConsumer.holding(loop, source, "a");
    await().atMost(LIMIT).until(() -> failing.accepted().size() == messages);
    Sink tier = loop.get(() -> new RedisTierFactory(source, "retry").sink(loop.loop()));
    loop.await(tier::open);
    List<OutgoingMessage> later =
        failing.accepted().stream()
            .map(held -> TierFixture.later(held, Duration.ofSeconds(5)))
            .toList();
    assertThat(loop.await(() -> tier.send(later))).allMatch(Reply::isOk);
    failing.die();
    return tier;
  }
}
