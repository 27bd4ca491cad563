package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one shard for as long as its lease is ours: first what is pending for whom ever, in the
 * order of the ids, then what is new. Belongs to the source's loop; one request at a time.
 *
 * <p>Each request is a script that the server carries out only while the lease is ours, so that
 * nothing needs to be done about a reader that was left behind: it gets nothing. A read also says
 * which entry the group delivered last; where that is not so, an answer was lost, and what it
 * brought is looked for among the pending entries before anything behind it is read. So the order
 * of the stream is kept.
 */
final class ShardReader {
  private static final int MOST_PENDING = 100;
  private static final String BEGIN = "-";

  /** P1 leaves 10 s. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final RedisScript READ =
      RedisScript.load(ShardReader.class, "shard.lua", "shard-read.lua");
  private static final RedisScript TAKE =
      RedisScript.load(ShardReader.class, "shard.lua", "shard-take.lua");

  private final StreamGroup group;
  private final ConsumedStream stream;
  private final Arrivals arrivals;
  private final EntryWatch watch;
  private final Guard guard;
  private boolean taken; // event loop only: all that was pending is in hand
  private String from = BEGIN; // event loop only: where what is pending goes on
  private String delivered = ""; // event loop only: the last entry delivered, once all is taken
  private boolean busy; // event loop only: a request or a pause is under way
  private boolean waiting; // event loop only: for something new
  private @Nullable Promise<Void> stopped; // event loop only

  /** How the server answered. */
  private enum Standing {
    ENDED,
    DONE,
    BEHIND
  }

  /**
   * The lease of the shard.
   *
   * @param key of the lease
   * @param holder by which it is ours
   * @param ended called when the server says that it is not
   */
  record Guard(String key, String holder, Runnable ended) {}

  /**
   * What was asked.
   *
   * @param fresh for what is new; else for what is pending
   * @param most how many entries
   * @param askedAt when, in nanos
   */
  private record Question(boolean fresh, int most, long askedAt) {}

  /**
   * What a request brought.
   *
   * @param deliveries of each entry; empty where this was the first of all
   * @param delivered the last id that the group delivered, "" where the answer does not say
   */
  private record Answer(
      Standing standing,
      List<StreamEntry> entries,
      Map<StreamEntry, Integer> deliveries,
      String delivered) {}

  ShardReader(
      StreamGroup group, ConsumedStream stream, Arrivals arrivals, EntryWatch watch, Guard guard) {
    this.group = group;
    this.stream = stream;
    this.arrivals = arrivals;
    this.watch = watch;
    this.guard = guard;
  }

  /** Reads on, where something may be read; called whenever that may have changed. */
  void read() {
    if (busy || waiting || !group.mayTake(stream) || !stream.mayTake()) {
      return;
    }
    busy = true;
    int most = stream.room(taken ? StreamReader.MOST_ENTRIES : MOST_PENDING);
    RedisScript.Call call =
        (taken ? READ : TAKE)
            .call()
            .key(stream.name())
            .key(guard.key())
            .arg(group.name())
            .arg(group.consumer())
            .arg(guard.holder())
            .arg(taken ? delivered : from)
            .arg(most);
    boolean fresh = taken;
    long askedAt = group.loop().nanos();
    group
        .commands(stream)
        .run(call, response -> answer(fresh, response))
        .onSuccess(reply -> answered(new Question(fresh, most, askedAt), reply));
  }

  /** Takes nothing more; completes when no request is under way. The group is closing by now. */
  Future<Void> stop() {
    watch.forget(stream.name());
    if (!busy) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = stopped == null ? Promise.promise() : stopped;
    stopped = promise;
    return promise.future();
  }

  private void answered(Question question, Reply<Answer> reply) {
    if (!(reply instanceof Reply.Ok<Answer> ok)) {
      if (reply instanceof Reply.Failed<Answer> failed) {
        group.refused(stream, failed.cause());
      }
      lookAgain(); // it may have been carried out
      group.pause().onSuccess(paused -> ended());
      if (stopped != null) {
        stopped.tryComplete();
      }
      return;
    }
    group.accepted();
    Answer answer = ok.value();
    if (answer.standing() == Standing.ENDED) {
      guard.ended().run();
    } else if (answer.standing() == Standing.BEHIND) {
      lookAgain();
    } else if (question.fresh()) {
      read(question, answer);
    } else {
      take(question, answer);
    }
    ended();
  }

  private void read(Question question, Answer answer) {
    if (answer.entries().isEmpty()) {
      await();
    } else {
      delivered = last(answer.entries());
      arrivals.deliver(stream, answer.entries(), question.askedAt(), entry -> 1);
    }
  }

  private void take(Question question, Answer answer) {
    if (answer.entries().size() < question.most()) {
      taken = true;
      delivered = answer.delivered();
    } else {
      from = "(" + last(answer.entries());
    }
    ToIntFunction<StreamEntry> counts = entry -> answer.deliveries().getOrDefault(entry, 1);
    arrivals.deliver(stream, answer.entries(), question.askedAt(), counts);
  }

  /**
   * Entries may come with smaller ids than the last one had, where the stream was made again or a
   * server took over whose clock is behind; nobody would tell of those.
   */
  private void await() {
    if (group.mayTake(stream)) {
      waiting = true;
      Timer longest = group.loop().after(LONGEST_WAIT, this::goOn);
      watch.await(
          stream.name(),
          delivered,
          () -> {
            longest.cancel();
            goOn();
          });
    }
  }

  private void goOn() {
    if (waiting) {
      waiting = false;
      watch.forget(stream.name());
      read();
    }
  }

  private void lookAgain() {
    taken = false;
    from = BEGIN;
  }

  private void ended() {
    busy = false;
    if (stopped != null) {
      stopped.tryComplete();
    }
    read();
  }

  private static String last(List<StreamEntry> entries) {
    return entries.get(entries.size() - 1).origin().position();
  }

  private Answer answer(boolean fresh, @Nullable Response response) {
    if (response == null) {
      throw new IllegalStateException("a read without an answer");
    }
    Standing standing = Standing.values()[response.get(0).toInteger()];
    if (standing != Standing.DONE) {
      return new Answer(standing, List.of(), Map.of(), "");
    }
    Response rows = response.get(1);
    List<StreamEntry> entries = new ArrayList<>(StreamEntry.list(stream.name(), rows));
    Map<StreamEntry, Integer> deliveries = new HashMap<>();
    if (!fresh) {
      for (int i = 0; i < entries.size(); i++) {
        deliveries.put(entries.get(i), Math.max(1, rows.get(i).get(2).toInteger()));
      }
    }
    return new Answer(standing, entries, deliveries, fresh ? "" : String.valueOf(response.get(2)));
  }
}
