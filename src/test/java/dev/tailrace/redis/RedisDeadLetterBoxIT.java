package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBoxContract;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters in a real stream. */
class RedisDeadLetterBoxIT extends DeadLetterBoxContract {
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
  protected DeadLetterBox make() {
    return factory.box(loop.loop());
  }

  @Override
  protected <T> T call(Supplier<Future<T>> turn) {
    return loop.await(turn);
  }

  @Override
  protected void put(List<OutgoingMessage> letters) {
    loop.await(() -> sink.send(letters));
  }

  @Test
  void whatIsNoStreamIsRefused() {
    probe.command(Command.SET, stream, "text");
    DeadLetterBox box = loop.get(this::make);
    assertThatThrownBy(() -> call(box::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(stream + " is a string");
    call(box::close);
  }
}
