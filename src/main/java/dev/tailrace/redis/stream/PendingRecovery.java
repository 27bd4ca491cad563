package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings entries that were delivered before and are in nobody's hands: our own pending ones after a
 * start or an outage, and those of consumers that have been silent for {@code claim-idle}. Belongs
 * to the source's loop; one request per stream at a time.
 */
final class PendingRecovery {
  private static final int MOST_ENTRIES = 100;
  private static final String BEGIN = "0-0";
  private static final RedisScript SWEEP = RedisScript.load(PendingRecovery.class, "sweep.lua");

  /** How often others' entries are looked for; P1 leaves 10 s beyond claim-idle. */
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  /**
   * A server that was frozen may carry out a read of the connection that we gave up after we have
   * asked for our own pending entries on the next one: so we ask again, this much later.
   */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(4);

  private final StreamGroup group;
  private final Arrivals arrivals;
  private final Predicate<ConsumedStream> reading;
  private final Runnable recovered;
  private final Map<ConsumedStream, Progress> progress = new HashMap<>(); // event loop only
  private final List<Promise<Void>> stopped = new ArrayList<>(); // event loop only
  private @Nullable Timer tick; // event loop only

  /** How far the recovery of one stream is. */
  private static final class Progress {
    boolean own = true; // event loop only: own pending entries are to be looked through
    boolean ownAgain; // event loop only: and once more from the beginning
    String ownFrom = BEGIN; // event loop only
    boolean others; // event loop only: others' are due
    boolean othersAgain; // event loop only: and once more from the beginning
    String othersFrom = BEGIN; // event loop only
    boolean busy; // event loop only: a request is under way
  }

  /**
   * Makes the recovery of some streams.
   *
   * @param reading whether a read of the stream's new entries is under way: their answer may be
   *     older than ours and must not come after it
   * @param recovered called when all own pending entries of a stream are in hand
   */
  PendingRecovery(
      StreamGroup group,
      Arrivals arrivals,
      Iterable<ConsumedStream> streams,
      Predicate<ConsumedStream> reading,
      Runnable recovered) {
    this.group = group;
    this.arrivals = arrivals;
    this.reading = reading;
    this.recovered = recovered;
    streams.forEach(stream -> progress.put(stream, new Progress()));
  }

  /** Begins to look for others' entries from time to time. */
  void start() {
    scheduleTick();
    run();
  }

  /** Whether all own pending entries of the stream are in hand. */
  boolean isComplete(ConsumedStream stream) {
    return !of(stream).own;
  }

  /**
   * An answer was lost that may have made entries pending for us: looks through all of them, now
   * and once more when whatever the server still had in its hands is through.
   */
  void answerLost(Collection<ConsumedStream> streams) {
    streams.forEach(this::restart);
    run();
    group
        .loop()
        .after(
            SECOND_LOOK,
            () -> {
              streams.forEach(this::restart);
              run();
            });
  }

  /** There is something of others to be had: looks through all of it. */
  void look(ConsumedStream stream) {
    Progress at = of(stream);
    at.othersAgain = at.others;
    at.others = true;
    run(stream, at);
  }

  private void restart(ConsumedStream stream) {
    Progress at = of(stream);
    at.ownAgain = at.own && at.busy;
    at.own = true;
    at.ownFrom = BEGIN;
  }

  /** Goes on wherever something is due and there is credit for it. */
  void run() {
    progress.forEach(this::run);
  }

  /** Stops looking; completes when no request is under way. */
  Future<Void> stop() {
    if (tick != null) {
      tick.cancel();
    }
    if (progress.values().stream().noneMatch(at -> at.busy)) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    stopped.add(promise);
    return promise.future();
  }

  private void scheduleTick() {
    long third = group.config().claimIdle().toMillis() / 3;
    long interval = Math.max(1, Math.min(third, LONGEST_INTERVAL.toMillis()));
    long jittered = interval - group.loop().random().nextLong(interval / 4 + 1);
    tick =
        group
            .loop()
            .after(
                Duration.ofMillis(jittered),
                () -> {
                  progress.values().forEach(at -> at.others = true);
                  run();
                  scheduleTick();
                });
  }

  private void run(ConsumedStream stream, Progress at) {
    if (at.busy || !stream.mayTake() || !group.mayTake(stream)) {
      return;
    }
    if (at.own && !reading.test(stream)) {
      at.busy = true;
      readOwn(stream, at).onComplete(done -> ended(stream, at));
    } else if (at.others) {
      at.busy = true;
      takeOver(stream, at).onComplete(done -> ended(stream, at));
    }
  }

  private void ended(ConsumedStream stream, Progress at) {
    at.busy = false;
    if (group.isClosing()) {
      if (progress.values().stream().noneMatch(each -> each.busy)) {
        stopped.forEach(Promise::tryComplete);
        stopped.clear();
      }
    } else {
      run(stream, at);
      if (!at.own) {
        recovered.run();
      }
    }
  }

  private Future<Void> readOwn(ConsumedStream stream, Progress at) {
    Request request =
        Request.cmd(Command.XREADGROUP)
            .arg("GROUP")
            .arg(group.name())
            .arg(group.consumer())
            .arg("COUNT")
            .arg(stream.room(MOST_ENTRIES))
            .arg("STREAMS")
            .arg(stream.name())
            .arg(at.ownFrom);
    Map<String, ConsumedStream> asked = Map.of(stream.name(), stream);
    long askedAt = group.loop().nanos();
    return group
        .commands(stream)
        .send(request, response -> StreamReader.entries(asked, response))
        .compose(
            reply -> {
              if (!(reply instanceof Reply.Ok<Map<ConsumedStream, List<StreamEntry>>> ok)) {
                return failed(stream, reply);
              }
              group.accepted();
              List<StreamEntry> entries = ok.value().getOrDefault(stream, List.of());
              if (at.ownAgain) {
                at.ownAgain = false;
              } else if (entries.isEmpty()) {
                at.own = false;
              } else {
                at.ownFrom = entries.get(entries.size() - 1).origin().position();
              }
              return arrivals.redeliver(stream, entries, askedAt);
            });
  }

  private Future<Void> takeOver(ConsumedStream stream, Progress at) {
    Request request =
        group
            .command(Command.XAUTOCLAIM, stream)
            .arg(group.consumer())
            .arg(group.config().claimIdle().toMillis())
            .arg(at.othersFrom)
            .arg("COUNT")
            .arg(stream.room(MOST_ENTRIES));
    long askedAt = group.loop().nanos();
    return group
        .commands(stream)
        .send(request, response -> response)
        .compose(
            reply -> {
              if (!(reply instanceof Reply.Ok<@Nullable Response> ok) || ok.value() == null) {
                at.others = false;
                return failed(stream, reply);
              }
              group.accepted();
              return tookOver(stream, at, ok.value(), askedAt);
            });
  }

  /** Reads {@code [next id, [entry, …], [deleted id, …]]}; the last part since 7.0. */
  private Future<Void> tookOver(
      ConsumedStream stream, Progress at, Response response, long askedAt) {
    at.othersFrom = response.get(0).toString();
    at.others = !at.othersFrom.equals(BEGIN) || at.othersAgain;
    if (at.othersFrom.equals(BEGIN)) {
      at.othersAgain = false;
      sweep(stream);
    }
    List<StreamEntry> entries = StreamEntry.list(stream.name(), response.get(1));
    if (entries.size() < response.get(1).size()) {
      restart(stream); // before 7.0 only our own pending list tells which of them were deleted
    }
    if (response.size() > 2) {
      deleted(stream, response.get(2));
    }
    return arrivals.redeliver(stream, entries, askedAt);
  }

  /** Those that died leave their names behind, which nobody else would ever delete. */
  private void sweep(ConsumedStream stream) {
    RedisScript.Call call =
        SWEEP
            .call()
            .key(stream.name())
            .arg(group.name())
            .arg(group.consumer())
            .arg(group.config().claimIdle().toMillis());
    Future<?> unused = group.commands(stream).run(call, String::valueOf);
  }

  private void deleted(ConsumedStream stream, Response ids) {
    List<String> lost = new ArrayList<>();
    for (Response id : ids) {
      if (!stream.holds(EntryId.origin(stream.name(), id.toBuffer()))) {
        lost.add(id.toString());
      }
    }
    if (!lost.isEmpty()) {
      arrivals.lost(stream, lost.size(), lost.get(0));
    }
  }

  private Future<Void> failed(ConsumedStream stream, Reply<?> reply) {
    if (reply instanceof Reply.Failed<?> failed) {
      group.refused(stream, failed.cause());
    }
    return group.pause();
  }

  private Progress of(ConsumedStream stream) {
    Progress at = progress.get(stream);
    if (at == null) {
      throw new IllegalArgumentException("not a stream of this source: " + stream.name());
    }
    return at;
  }
}
