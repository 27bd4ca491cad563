package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.sink.RetryTiers;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A tier of retries whose server, connections, keys or processes fail. */
class RedisTierOutageIT extends TierFixture {
  @Test
  void aServerWithoutFreeMemoryRefusesMoreAndStillMovesWhatIsDue() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there = RedisSourceConfig.of(server.url(), "workers", stream);
      Sink sink = opened(new RedisTierFactory(there, "retry"));
      own.addMany(stream, 2);
      StreamConsumer source = StreamConsumer.holding(loop, there, "source");
      eventually().until(() -> source.accepted().size() == 2);
      send(sink, later(source.accepted().get(0), Duration.ofMillis(500)));

      own.command(Command.CONFIG, "SET", "maxmemory", "1");
      Reply<Sink.Sent> refused = send(sink, later(source.accepted().get(1), Duration.ZERO));

      assertThat(refused).isInstanceOf(Reply.Failed.class);
      assertThat(refused.cause()).hasMessageContaining("OOM");
      assertThat(own.pending(stream, "workers")).hasSize(1);
      eventually()
          .until(
              () -> Objects.requireNonNull(own.command(Command.XLEN, keys.stream())).toLong() == 1);
      own.command(Command.CONFIG, "SET", "maxmemory", "0");
      source.drain();
      loop.await(sink::close);
    }
  }

  @Test
  void aServerThatMayEvictWhatWaitsIsRefused() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there = RedisSourceConfig.of(server.url(), "workers", stream);
      own.command(Command.CONFIG, "SET", "maxmemory-policy", "allkeys-lru");

      assertThatThrownBy(() -> opened(new RedisTierFactory(there, "retry")))
          .isInstanceOf(UnfitException.class)
          .hasMessageContaining("may evict messages that wait (maxmemory-policy allkeys-lru)");

      own.command(Command.CONFIG, "SET", "maxmemory-policy", "volatile-lru");
      loop.await(opened(new RedisTierFactory(there, "retry"))::close);
    }
  }

  @Test
  void aServerThatIsKilledMovesWhatItHadWhenItIsBack() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there = RedisSourceConfig.of(server.url(), "workers", stream);
      Sink sink = opened(new RedisTierFactory(there, "retry"));
      own.addMany(stream, 50);
      StreamConsumer source = StreamConsumer.holding(loop, there, "source");
      eventually().until(() -> source.accepted().size() == 50);
      StreamConsumer due = StreamConsumer.ofDue(loop, RedisTierConfig.of(there, "retry"), "a");
      List<OutgoingMessage> later =
          source.accepted().stream().map(held -> later(held, Duration.ofMillis(500))).toList();

      assertThat(loop.await(() -> sink.send(later))).allMatch(Reply::isOk);
      server.kill();
      server.restart();

      eventually().until(() -> due.accepted().size() >= 50);
      assertThat(due.bodies()).containsExactlyInAnyOrderElementsOf(numbers(0, 50));
      due.each(Delivery::settle);
      due.drain();
      source.drain();
      loop.await(sink::close);
    }
  }

  @Test
  void connectionsThatBreakWhileMessagesArePutOffLeaveEachThereOnce() {
    Sink sink = opened(factory);
    int all = 600;
    probe.addMany(stream, all);
    StreamConsumer source = StreamConsumer.holding(loop, config, "source");
    eventually().until(() -> source.accepted().size() == all);
    RetryTiers tiers =
        loop.get(
            () ->
                new RetryTiers(
                    loop.loop(), "payments", List.of(new RetryTiers.Tier(AN_HOUR, sink))));

    List<Future<Reply<Sink.Sent>>> moves = new ArrayList<>();
    for (Delivery held : source.accepted()) {
      moves.add(loop.get(() -> tiers.move(0, held.message(), held.position(), ticket(held), "x")));
      if (moves.size() % 100 == 50) {
        probe.command(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
      }
    }
    loop.await(tiers::flush);

    assertThat(moves).allMatch(move -> move.result().isOk());
    assertThat(number(Command.ZCARD, keys.waiting())).isEqualTo(all);
    assertThat(number(Command.HLEN, keys.messages())).isEqualTo(all);
    assertThat(probe.pending(stream, "workers")).isEmpty();
    source.drain();
    loop.await(sink::close);
  }

  @Test
  void whereItsStreamIsNoneItWaitsAndTheConnectionSaysSoUntilThatIsMended() {
    Sink sink = opened(factory);
    probe.command(Command.SET, keys.stream(), "text");
    send(sink, later(held("x"), Duration.ZERO));

    eventually().until(() -> !loop.get(() -> sink.connection().orElseThrow().connected()));
    assertThat(number(Command.ZCARD, keys.waiting())).isEqualTo(1);
    assertThat(number(Command.HLEN, keys.messages())).isEqualTo(1);
    assertThatThrownBy(() -> opened(factory))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(keys.stream() + " is a string, not a stream");

    probe.command(Command.DEL, keys.stream());
    eventually().until(() -> number(Command.XLEN, keys.stream()) == 1);
    eventually().until(() -> loop.get(() -> sink.connection().orElseThrow().connected()));
    loop.await(sink::close);
  }

  @Test
  void whatAProcessThatIsGoneHasPutOffIsMovedByAnother() {
    Sink survivor = opened(factory);
    Sink dead = opened(factory);
    send(dead, later(held("x"), Duration.ofMillis(200)));
    loop.await(dead::close);

    eventually().until(() -> number(Command.XLEN, keys.stream()) == 1);
    loop.await(survivor::close);
  }

  private static RetryTicket ticket(Delivery held) {
    Message message = held.message();
    return new RetryTicket(
        message.origin(), message.timestamp(), 1, Instant.EPOCH, Instant.now().plus(AN_HOUR), null);
  }
}
