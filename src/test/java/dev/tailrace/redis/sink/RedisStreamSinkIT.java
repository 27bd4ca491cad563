package dev.tailrace.redis.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RedisMessage;
import dev.tailrace.redis.stream.StreamEntry;
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
import org.junit.jupiter.api.Test;

/** Messages added to a real stream are there, byte for byte, and are read back as they were. */
class RedisStreamSinkIT extends SinkContract {
  private final SinkScene scene = new SinkScene();
  private final EventLoop loop = scene.loop;

  @AfterEach
  void close() {
    scene.close();
  }

  @Override
  protected <T> T call(Function<Sink, Future<T>> operation) {
    return loop.await(() -> operation.apply(scene.sink));
  }

  @Override
  protected List<OutgoingMessage> arrived() {
    Response entries = scene.probe.command(Command.XRANGE, scene.stream, "-", "+");
    List<OutgoingMessage> arrived = new ArrayList<>();
    if (entries != null) {
      for (StreamEntry entry : StreamEntry.list(scene.stream, entries)) {
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
    assertThat(sent.position()).matches(scene.stream + "@\\d+-\\d+");
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
    scene.probe.command(Command.SET, scene.stream, "text");
    Sink other = loop.get(() -> scene.factory.sink(loop.loop()));

    assertThatThrownBy(() -> loop.await(other::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(scene.stream);
    loop.await(other::close);
    List<Reply<Sink.Sent>> replies = call(each -> each.send(List.of(message("x"))));
    assertThat(replies).hasSize(1);
    assertThat(replies.get(0)).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void aFrozenServerLeavesTheOutcomeUnknown() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisConfig impatient = new RedisConfig(server.url(), null, Duration.ofMillis(300));
      Sink there = loop.get(() -> new RedisSinkFactory(impatient, scene.stream).sink(loop.loop()));
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
    assertThat(scene.factory.isSameAs("redis", scene.stream)).isTrue();
    assertThat(scene.factory.isSameAs("redis", "other")).isFalse();
    assertThat(scene.factory.isSameAs("kafka", scene.stream)).isFalse();
  }

  private static OutgoingMessage message(String body) {
    return new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
  }
}
