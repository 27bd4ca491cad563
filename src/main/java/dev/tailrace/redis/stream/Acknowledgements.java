package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.Source.CommittedPosition;
import dev.tailrace.source.Source.Flush;
import dev.tailrace.source.SourceEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the server what is finished: everything of one turn in one XACK per stream, a few of each
 * stream under way at once, each repeated until it is confirmed. In a cluster the server of one
 * stream may be away; that holds up no other. Belongs to the source's loop.
 *
 * <p>An entry waits here itself, not a promise of a reply, since nobody waits for a single one.
 */
final class Acknowledgements {
  private static final int MOST_IDS = 1_000;
  private static final int MOST_REQUESTS = 4;
  private static final RedisScript FINISH = RedisScript.load(Acknowledgements.class, "finish.lua");

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private final List<Promise<Void>> flushes = new ArrayList<>(); // event loop only
  private boolean scheduled; // event loop only
  private final Map<ConsumedStream, Way> ways = new HashMap<>(); // event loop only
  private long underWay; // event loop only: entries
  private long confirmed; // event loop only: entries, ever

  /** To the server of one stream. */
  private static final class Way {
    boolean pausing; // event loop only: after a failure
    int requests; // event loop only
  }

  Acknowledgements(StreamGroup group, Collection<ConsumedStream> streams) {
    this.group = group;
    this.streams = streams;
  }

  /** Something is there to be acknowledged; it leaves at the end of the turn. */
  void due() {
    if (!scheduled) {
      scheduled = true;
      group.loop().execute(this::send);
    }
  }

  /** After an outage nothing needs to wait for the next try. */
  void reconnected() {
    ways.values().forEach(way -> way.pausing = false);
    due();
  }

  /**
   * Waits until everything finished so far is confirmed, at most a command's time-out; says what
   * was achieved.
   */
  Future<Flush> flush() {
    long before = confirmed;
    if (unconfirmed() == 0) {
      return Future.succeededFuture(achieved(before));
    }
    reconnected();
    Promise<Void> done = Promise.promise();
    flushes.add(done);
    Timer limit = group.loop().after(group.config().redis().timeout(), done::tryComplete);
    return done.future()
        .map(
            ended -> {
              limit.cancel();
              flushes.remove(done);
              return achieved(before);
            });
  }

  private Flush achieved(long before) {
    List<CommittedPosition> positions = new ArrayList<>(streams.size());
    long neverSent = 0;
    for (ConsumedStream stream : streams) {
      String result = stream.settledCount() == 0 && underWay == 0 ? "ok" : "unknown";
      positions.add(new CommittedPosition(stream.name(), stream.lastAcknowledged(), result));
      neverSent += stream.neverSentCount();
    }
    return new Flush(positions, confirmed - before, neverSent, unconfirmed() - neverSent);
  }

  private long unconfirmed() {
    return underWay + streams.stream().mapToLong(ConsumedStream::settledCount).sum();
  }

  private void send() {
    scheduled = false;
    if (group.isClosed()) {
      return;
    }
    for (ConsumedStream stream : streams) {
      Way way = way(stream);
      while (stream.settledCount() > 0 && way.requests < MOST_REQUESTS && !way.pausing) {
        send(stream, stream.takeSettled(MOST_IDS));
      }
    }
  }

  private Way way(ConsumedStream stream) {
    return ways.computeIfAbsent(stream, its -> new Way());
  }

  private void send(ConsumedStream stream, List<RedisDelivery> batch) {
    batch.forEach(RedisDelivery::sent);
    way(stream).requests++;
    underWay += batch.size();
    acknowledge(stream, batch).onSuccess(reply -> answered(stream, batch, reply));
  }

  /** How many were pending until now does not matter: what was not is acknowledged already. */
  private Future<Reply<Boolean>> acknowledge(ConsumedStream stream, List<RedisDelivery> batch) {
    if (group.form().isClearedWhenFinished()) {
      RedisScript.Call call = FINISH.call().key(stream.name()).arg(group.name());
      batch.forEach(delivery -> call.arg(delivery.position().position()));
      return group.commands(stream).run(call, count -> true);
    }
    Request request = group.command(Command.XACK, stream);
    batch.forEach(delivery -> request.arg(delivery.position().position()));
    return group.commands(stream).send(request, count -> true);
  }

  private void answered(ConsumedStream stream, List<RedisDelivery> batch, Reply<Boolean> reply) {
    way(stream).requests--;
    underWay -= batch.size();
    SourceEnvironment environment = group.environment();
    if (reply.isOk()) {
      confirmed += batch.size();
      environment.events().commit(environment.pipeline(), "ok");
      for (RedisDelivery delivery : batch) {
        stream.acknowledged(delivery);
        environment
            .events()
            .committed(
                environment.pipeline(),
                stream.name(),
                stream.partition().epoch(),
                delivery.position().position());
      }
    } else {
      stream.putBackSettled(batch);
      if (reply instanceof Reply.Failed<Boolean> failed) {
        group.refused(stream, failed.cause());
        environment.events().commit(environment.pipeline(), "failed");
      } else {
        environment.events().commit(environment.pipeline(), "unknown");
      }
      retryLater(way(stream));
    }
    if (unconfirmed() == 0) {
      List<Promise<Void>> done = List.copyOf(flushes);
      flushes.clear();
      done.forEach(Promise::tryComplete);
    } else {
      due();
    }
  }

  private void retryLater(Way way) {
    if (!way.pausing) {
      way.pausing = true;
      group
          .pause()
          .onSuccess(
              paused -> {
                way.pausing = false;
                due();
              });
    }
  }
}
