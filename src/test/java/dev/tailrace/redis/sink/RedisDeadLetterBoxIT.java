package dev.tailrace.redis.sink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.redis.EventLoop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBoxContract;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dead letters in a real stream. */
class RedisDeadLetterBoxIT extends DeadLetterBoxContract {
  private final SinkScene scene = new SinkScene();
  private final EventLoop loop = scene.loop;

  @AfterEach
  void close() {
    scene.close();
  }

  @Override
  protected DeadLetterBox make() {
    return scene.factory.box(loop.loop());
  }

  @Override
  protected <T> T call(Supplier<Future<T>> turn) {
    return loop.await(turn);
  }

  @Override
  protected void put(List<OutgoingMessage> letters) {
    loop.await(() -> scene.sink.send(letters));
  }

  @Test
  void whatIsNoStreamIsRefused() {
    scene.probe.command(Command.SET, scene.stream, "text");
    DeadLetterBox box = loop.get(this::make);
    assertThatThrownBy(() -> call(box::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining(scene.stream + " is a string");
    call(box::close);
  }
}
