package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Source.Flush;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way out of the group: unfinished entries are given back, and the consumer is deleted where
 * nothing is pending for it. Belongs to the source's loop.
 *
 * <p>A pending entry has no other owner to be given to, so it is made to look abandoned for longer
 * than any {@code claim-idle}: whoever looks for such entries next takes it. Its delivery to us
 * does not count, since it was not tried.
 */
final class HandBack {
  private static final int MOST_IDS = 500;

  /** Longer than any claim-idle. */
  private static final Duration ABANDONED = Duration.ofDays(30);

  private static final RedisScript HAND_BACK = RedisScript.load(HandBack.class, "hand-back.lua");
  private static final RedisScript LEAVE = RedisScript.load(HandBack.class, "leave.lua");

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;

  HandBack(StreamGroup group, Collection<ConsumedStream> streams) {
    this.group = group;
    this.streams = streams;
  }

  /** Gives back all that was released; never fails. What is not confirmed can be tried again. */
  Future<Flush> giveBack() {
    List<Future<Flush>> parts = new ArrayList<>();
    for (ConsumedStream stream : streams) {
      // Counted before: what cannot be given back is put back.
      for (int left = stream.releasedCount(); left > 0; left -= MOST_IDS) {
        parts.add(giveBack(stream, stream.takeReleased(Math.min(left, MOST_IDS))));
      }
    }
    return Future.join(parts)
        .map(all -> parts.stream().map(Future::result).reduce(Flush.NOTHING, Flush::plus));
  }

  /**
   * Deletes the consumer from its groups where nothing is pending for it; never fails. A server
   * that is away is not waited for.
   */
  Future<Void> leave() {
    List<Future<?>> parts = new ArrayList<>();
    for (ConsumedStream stream : streams) {
      RedisScript.Call call =
          LEAVE.call().key(stream.name()).arg(group.name()).arg(group.consumer());
      if (group.commands(stream).isUp()) {
        parts.add(group.commands(stream).run(call, String::valueOf));
      }
    }
    return Future.join(parts).mapEmpty();
  }

  private Future<Flush> giveBack(ConsumedStream stream, List<RedisDelivery> batch) {
    RedisScript.Call call =
        HAND_BACK
            .call()
            .key(stream.name())
            .key(GivenBack.key(group, stream))
            .arg(group.name())
            .arg(group.consumer())
            .arg(ABANDONED.toMillis());
    for (RedisDelivery delivery : batch) {
      call.arg(delivery.position().position()).arg(delivery.count().givenBack().number());
    }
    return group
        .commands(stream)
        .run(call, HandBack::count)
        .map(reply -> result(stream, batch, reply));
  }

  private Flush result(ConsumedStream stream, List<RedisDelivery> batch, Reply<Long> reply) {
    if (reply instanceof Reply.Ok<Long> ok) {
      return new Flush(List.of(), ok.value(), 0, 0);
    }
    stream.putBackReleased(batch);
    return reply.isUnknown()
        ? new Flush(List.of(), 0, 0, batch.size())
        : new Flush(List.of(), 0, batch.size(), 0);
  }

  private static long count(@Nullable Response response) {
    return response == null ? 0 : response.toLong();
  }
}
