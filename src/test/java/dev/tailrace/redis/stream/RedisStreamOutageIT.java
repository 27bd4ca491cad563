package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.local.TcpProxy;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Source.Flush;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A source whose server, connections, group or entries go away and come back. */
class RedisStreamOutageIT extends StreamFixture {
  @Test
  void aVanishedGroupIsMadeAgainFromTheBeginningWithAnAlarm() {
    probe.add(stream, "before");
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");
    eventually().until(() -> consumer.bodies().size() == 1);

    probe.command(Command.DEL, stream);
    probe.add(stream, "after");

    eventually().until(() -> consumer.bodies().equals(List.of("before", "after")));
    assertThat(consumer.alarms()).containsExactly("source_reset");
    consumer.drain();
  }

  @Test
  void aGroupThatWasMadeAgainWithoutAnAnswerIsAnAlarmToo() {
    try (TcpProxy proxy = new TcpProxy(url)) {
      RedisSourceConfig behind = RedisSourceConfig.of(proxy.url(), "workers", stream);
      StreamConsumer consumer = StreamConsumer.finishing(loop, behind, "a");
      probe.add(stream, "before");
      eventually().until(() -> consumer.bodies().size() == 1);

      proxy.loseReplyTo("XGROUP");
      probe.command(Command.DEL, stream);
      probe.add(stream, "after");

      eventually().until(() -> consumer.bodies().equals(List.of("before", "after")));
      eventually().until(() -> consumer.alarms().contains("source_reset"));
      assertThat(proxy.lost()).isEqualTo(1);
      consumer.drain();
    }
  }

  @Test
  void anEmptiedServerIsReadOnFromTheBeginning() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there = RedisSourceConfig.of(server.url(), "workers", stream);
      own.add(stream, "held");
      StreamConsumer consumer = StreamConsumer.holding(loop, there.withClaimIdle(SOON), "a");
      eventually().until(() -> consumer.bodies().size() == 1);

      own.command(Command.FLUSHALL);
      own.add(stream, "after");

      eventually().until(() -> consumer.bodies().equals(List.of("held", "after")));
      assertThat(consumer.alarms()).containsExactly("source_reset");
      assertThat(consumer.stolen()).isEmpty(); // what nobody else can get stays in hand
      consumer.each(Delivery::settle);
      consumer.drain();
      assertThat(own.consumers(stream, "workers")).isEmpty();
    }
  }

  @Test
  void killedConnectionsComeBackAndNothingIsLostOrRepeated() {
    StreamConsumer consumer = StreamConsumer.finishing(loop, config, "a");
    List<String> expected = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        String value = round + "/" + i;
        probe.add(stream, value);
        expected.add(value);
      }
      probe.command(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    eventually().until(() -> consumer.bodies().size() >= expected.size());
    assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(expected);
    eventually().until(() -> consumer.flush().unknown() == 0);
    eventually().until(() -> probe.pending(stream, "workers").isEmpty());
    consumer.drain();
  }

  @Test
  void aRestartedServerIsReadOnWhereItStopped() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisSourceConfig there = RedisSourceConfig.of(server.url(), "workers", stream);
      StreamConsumer consumer = StreamConsumer.holding(loop, there, "a");
      try (RedisProbe own = new RedisProbe(loop, server.url())) {
        own.add(stream, "before");
        eventually().until(() -> consumer.bodies().size() == 1);
      }

      server.kill();
      eventually().until(() -> !consumer.status().connected());
      consumer.each(Delivery::settle);
      Flush away = consumer.flush();
      assertThat(away.flushed()).isZero();
      assertThat(away.pending() + away.unknown()).isEqualTo(1);
      server.restart();

      try (RedisProbe own = new RedisProbe(loop, server.url())) {
        own.add(stream, "after");
        eventually().until(() -> consumer.bodies().equals(List.of("before", "after")));
        consumer.each(Delivery::settle);
        eventually().until(() -> own.pending(stream, "workers").isEmpty());
        assertThat(consumer.alarms()).contains("unreachable");
        assertThat(consumer.status().connected()).isTrue();
        assertThat(consumer.status().error()).isNull();
      }
      consumer.drain();
    }
  }

  @Test
  void aFrozenServerCostsNoMessageAndRepeatsNone() {
    try (RedisServer server = SharedServers.get().newRedis();
        RedisProbe own = new RedisProbe(loop, server.url())) {
      RedisSourceConfig there =
          new RedisSourceConfig(
              new RedisConfig(server.url(), null, Duration.ofMillis(300)),
              List.of(stream),
              "workers",
              RedisSourceConfig.Start.EARLIEST,
              FieldMapping.DEFAULT,
              Duration.ofMinutes(1));
      StreamConsumer consumer = StreamConsumer.finishing(loop, there, "a");
      own.addMany(stream, 10);
      eventually().until(() -> consumer.bodies().size() == 10);

      server.pause();
      eventually().until(() -> !consumer.status().connected());
      server.resume();
      try (RedisProbe again = new RedisProbe(loop, server.url())) {
        IntStream.range(10, 20).forEach(i -> again.add(stream, Integer.toString(i)));
        eventually().until(() -> consumer.bodies().size() >= 20);
        assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(numbers(0, 20));
        eventually().until(() -> again.pending(stream, "workers").isEmpty());
      }
      consumer.drain();
    }
  }

  @Test
  void anEntryThatWasDeletedWhilePendingIsCountedAsLossAndForgotten() {
    String id = probe.add(stream, "x");
    StreamConsumer dead = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> dead.bodies().size() == 1);
    dead.die();
    probe.command(Command.XDEL, stream, id);

    StreamConsumer heir = StreamConsumer.holding(loop, impatient, "b");

    eventually().until(() -> heir.alarms().equals(List.of("source_loss")));
    eventually().until(() -> probe.pending(stream, "workers").isEmpty());
    assertThat(heir.bodies()).isEmpty();
    heir.drain();
  }

  @Test
  void anEntryThatIsDeletedWhileInHandIsStillFinished() {
    String id = probe.add(stream, "x");
    StreamConsumer consumer = StreamConsumer.holding(loop, impatient, "a");
    eventually().until(() -> consumer.bodies().size() == 1);
    probe.command(Command.XDEL, stream, id);
    StreamConsumer other = StreamConsumer.holding(loop, impatient, "b");
    pass(SOON.multipliedBy(3));

    assertThat(consumer.stolen()).isEmpty();
    assertThat(other.bodies()).isEmpty();
    consumer.each(Delivery::settle);
    assertThat(consumer.flush().unknown()).isZero();
    assertThat(probe.pending(stream, "workers")).isEmpty();
    consumer.drain();
    other.drain();
  }
}
