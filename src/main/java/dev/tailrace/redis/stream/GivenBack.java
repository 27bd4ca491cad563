package dev.tailrace.redis.stream;

import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks a few times a second whether somebody has given entries of a stream back, which a read of
 * new entries does not see: a key beside the stream says when that was last. Belongs to the
 * source's loop.
 */
final class GivenBack {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private final Consumer<ConsumedStream> found;
  private final Map<ConsumedStream, String> last = new HashMap<>(); // event loop only
  private @Nullable Timer tick; // event loop only

  /**
   * Makes it.
   *
   * @param found called where there is something that was not there before
   */
  GivenBack(StreamGroup group, Collection<ConsumedStream> streams, Consumer<ConsumedStream> found) {
    this.group = group;
    this.streams = streams;
    this.found = found;
  }

  /** Where that is said of a stream. */
  static String key(StreamGroup group, ConsumedStream stream) {
    return StreamKeys.beside(stream.name(), group.name() + ":given-back");
  }

  /** Looks now and from time to time. */
  void start() {
    streams.forEach(this::look);
    tick = group.loop().after(INTERVAL, this::start);
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
    }
  }

  private void look(ConsumedStream stream) {
    if (!group.mayTake(stream)) {
      return;
    }
    group
        .commands(stream)
        .send(
            Request.cmd(Command.GET).arg(key(group, stream)),
            when -> when == null ? "" : when.toString())
        .onSuccess(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok
                  && !ok.value().isEmpty()
                  && !ok.value().equals(last.put(stream, ok.value()))) {
                found.accept(stream);
              }
            });
  }
}
