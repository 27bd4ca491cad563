package dev.tailrace.redis.stream;

import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many entries of a stream the group has not read yet, asked for from time to time, and of a
 * tier of retries how many are not due; servers before 7.0 cannot tell, and no server can for a
 * while after entries were deleted. Belongs to the source's loop.
 */
final class Backlog {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final long UNKNOWN = -1;

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private final Map<ConsumedStream, Long> lags = new HashMap<>(); // event loop only
  private final Map<ConsumedStream, Long> waiting = new HashMap<>(); // event loop only
  private @Nullable Timer tick; // event loop only

  Backlog(StreamGroup group, Collection<ConsumedStream> streams) {
    this.group = group;
    this.streams = streams;
  }

  /** Asks now and from time to time. */
  void start() {
    lags.keySet().retainAll(Set.copyOf(streams));
    streams.forEach(this::ask);
    tick = group.loop().after(INTERVAL, this::start);
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
    }
  }

  /** Entries not read yet, or -1 where that is unknown. */
  long of(ConsumedStream stream) {
    long lag = lags.getOrDefault(stream, UNKNOWN);
    return lag == UNKNOWN ? UNKNOWN : lag + waiting.getOrDefault(stream, 0L);
  }

  private void ask(ConsumedStream stream) {
    if (group.form() == EntryForm.RETRY) {
      Request waits = Request.cmd(Command.ZCARD).arg(RetryKeys.waiting(stream.name()));
      group
          .commands(stream)
          .send(waits, count -> count == null ? 0L : count.toLong())
          .onSuccess(
              reply -> waiting.put(stream, reply instanceof Reply.Ok<Long> ok ? ok.value() : 0L));
    }
    Request request = Request.cmd(Command.XINFO).arg("GROUPS").arg(stream.name());
    group
        .commands(stream)
        .send(request, this::lag)
        .onSuccess(
            reply -> lags.put(stream, reply instanceof Reply.Ok<Long> ok ? ok.value() : UNKNOWN));
  }

  /** Reads {@code [[name, value, …], …]}, one per group. */
  private long lag(@Nullable Response groups) {
    if (groups != null) {
      for (Response one : groups) {
        Response name = one.get("name");
        Response lag = one.get("lag");
        if (name != null && name.toString().equals(group.name()) && lag != null) {
          return lag.toLong();
        }
      }
    }
    return UNKNOWN;
  }
}
