package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes from streams what all of their groups have acknowledged, from time to time and in pieces,
 * since the server does nothing else meanwhile. Belongs to the source's loop.
 *
 * <p>The server removes whole blocks of some 100 entries: what is left of them goes with the next
 * ones.
 */
final class Trimming {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final int MOST_ENTRIES = 10_000;
  private static final RedisScript TRIM = RedisScript.load(Trimming.class, "trim.lua");

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private @Nullable Timer tick; // event loop only

  Trimming(StreamGroup group, Collection<ConsumedStream> streams) {
    this.group = group;
    this.streams = streams;
  }

  /** Trims from now on, where the configuration says so. */
  void start() {
    if (group.config().trim() == RedisSourceConfig.Trim.ACKNOWLEDGED) {
      List.copyOf(streams).forEach(this::trim);
      tick = group.loop().after(INTERVAL, this::start);
    }
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
    }
  }

  private void trim(ConsumedStream stream) {
    RedisScript.Call call = TRIM.call().key(stream.name()).arg(MOST_ENTRIES);
    group
        .commands(stream)
        .run(call, removed -> removed == null ? 0 : removed.toLong())
        .onSuccess(reply -> answered(stream, reply));
  }

  /** Whoever does not know tries again after the interval. */
  private void answered(ConsumedStream stream, Reply<Long> reply) {
    if (reply instanceof Reply.Failed<Long> failed) {
      group.untrimmed(stream, failed.cause());
    } else if (reply instanceof Reply.Ok<Long> ok) {
      group.trimmed(stream);
      if (ok.value() > 0 && !group.isClosing()) {
        trim(stream);
      }
    }
  }
}
