package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkContract;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages added to a real stream are there, byte for byte, and are read back as they were. */
class RedisStreamSinkIT extends SinkContract {
  private final EventLoop loop = new EventLoop();
  private final String url = SharedServers.get().redis().url();
  private final RedisProbe probe = new RedisProbe(loop, url);
  private final String stream = Servers.uniqueName("orders:dlq");
  private final RedisSinkFactory factory = new RedisSinkFactory(RedisConfig.of(url), stream);
  private final Sink sink = loop.get(() -> factory.sink(loop.loop()));

  @BeforeEach
  void open() {
    loop.await(sink::open);
  }

  @AfterEach
  void close() {
    loop.await(sink::close);
    probe.close();
    loop.close();
  }

  @Override
  protected <T> T call(Function<Sink, Future<T>> operation) {
    return loop.await(() -> operation.apply(sink));
  }

  @Override
  protected List<OutgoingMessage> arrived() {
    Response entries = probe.command(Command.XRANGE, stream, "-", "+");
    List<OutgoingMessage> arrived = new ArrayList<>();
    if (entries != null) {
      for (StreamEntry entry : StreamEntry.list(stream, entries)) {
        Response fields = entry.fields();
        assertThat(fields).isNotNull();
        RedisMessage message = FieldMapping.DEFAULT.read(entry.origin(), fields);
        arrived.add(new OutgoingMessage(message.key(), message.body(), message.headers()));
      }
    }
    return arrived;
  }

  @Test
  void theReplyNamesTheEntry() {
    List<Reply<Sink.Sent>> replies = call(each -> each.send(List.of(message("x"))));

    assertThat(replies).hasSize(1);
    Sink.Sent sent = ((Reply.Ok<Sink.Sent>) replies.get(0)).value();
    assertThat(sent.position()).matches(stream + "@\\d+-\\d+");
  }

  @Test
  void moreMessagesThanAConnectionTakesAtOnceAllArrive() {
    List<OutgoingMessage> many = new ArrayList<>();
    for (int i = 0; i < 3 * RedisLink.IN_FLIGHT_LIMIT; i++) {
      many.add(message(Integer.toString(i)));
    }

    List<Reply<Sink.Sent>> replies = call(each -> each.send(many));

    assertThat(replies).hasSize(many.size()).allMatch(Reply::isOk);
    assertThat(arrived()).isEqualTo(many);
  }

  @Test
  void aDestinationThatIsNoStreamIsRefused() {
    probe.command(Command.SET, stream, "text");
    Sink other = loop.get(() -> factory.sink(loop.loop()));

    assertThatThrownBy(() -> loop.await(other::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(stream);
    loop.await(other::close);
    List<Reply<Sink.Sent>> replies = call(each -> each.send(List.of(message("x"))));
    assertThat(replies).hasSize(1);
    assertThat(replies.get(0)).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void aFrozenServerLeavesTheOutcomeUnknown() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisConfig impatient = new RedisConfig(server.url(), null, Duration.ofMillis(300));
      Sink there = loop.get(() -> new RedisSinkFactory(impatient, stream).sink(loop.loop()));
      loop.await(there::open);
      server.pause();

      List<Reply<Sink.Sent>> replies =
          loop.await(() -> there.send(List.of(message("x"), message("y"))));

      assertThat(replies).hasSize(2).allMatch(Reply::isUnknown);
      loop.await(there::close);
    }
  }

  @Test
  void aDestinationKnowsItsOwnSource() {
    assertThat(factory.isSameAs("redis", stream)).isTrue();
    assertThat(factory.isSameAs("redis", "other")).isFalse();
    assertThat(factory.isSameAs("kafka", stream)).isFalse();
  }

  private static OutgoingMessage message(String body) {
    return new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
  }
}
