package dev.tailrace.sink;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.sink.DeadLetterBox.Ahead;
import dev.tailrace.sink.DeadLetterBox.Start;
import dev.tailrace.sink.ReplayReport.Counts;
import dev.tailrace.sink.ReplayReport.Ending;
import dev.tailrace.sink.ReplayReport.Progress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters back to where they came from, in chunks: a chunk is read, sent, acknowledged,
 * and then kept in the bookmark, before the next one leaves. So a replay that is killed sends at
 * most one chunk again, with the same replay ids. Belongs to its loop, {@link #progress} aside;
 * used once.
 */
public final class Replay {
  /** Destinations of one replay: each has a connection of its own. */
  static final int MOST_DESTINATIONS = 64;

  /** Letters that the report names. */
  static final int MOST_NAMED = 10;

  private static final Duration PATIENCE = Duration.ofSeconds(45);
  private static final Duration PATIENCE_AFTER_STOP = Duration.ofSeconds(5);

  private final Loop loop;
  private final DeadLetterBox box;
  private final ReplayPlan plan;
  private final Promise<ReplayReport> report = Promise.promise();
  private final Map<SinkFactory, ReplayLane> lanes = new LinkedHashMap<>(); // event loop only
  private final Map<SinkFactory, Long> leaving = new LinkedHashMap<>(); // event loop only
  private final List<String> named = new ArrayList<>(); // event loop only
  private final ArrayDeque<DeadLetter> read = new ArrayDeque<>(); // event loop only
  private Ahead ahead = new Ahead(0, 1, false); // event loop only
  private boolean stopped; // event loop only
  private @Nullable TimeLimit sending; // event loop only
  private @Nullable Timer pause; // event loop only
  private long looked; // event loop only
  private long replayed; // event loop only
  private int underWay; // event loop only; sent, and not kept in the bookmark yet
  private long refused; // event loop only
  private long homeless; // event loop only
  private long passed; // event loop only
  private volatile Progress progress = new Progress(0, 0, 0);

  /** Prepares a replay of an open box, which its owner closes. */
  public Replay(Loop loop, DeadLetterBox box, ReplayPlan plan) {
    this.loop = loop;
    this.box = box;
    this.plan = plan;
  }

  /** A letter and where it goes. */
  private record Leaving(DeadLetter letter, SinkFactory to) {}

  /** Some letters that go on together, and all that were read with them. */
  private record Chunk(List<DeadLetter> handled, List<Leaving> sent) {
    List<SinkFactory> destinations() {
      return sent.stream().map(Leaving::to).distinct().toList();
    }
  }

  /** Begins; completes with the report when all is over, and never fails. */
  public Future<ReplayReport> run() {
    assert loop.inLoop();
    Instant since = plan.meant().since();
    // A dry run of another round reads from the beginning, and begins no round.
    box.start(
            plan.again() && plan.pace().dryRun()
                ? Start.reading(since)
                : new Start(since, plan.bookmark(), plan.again()))
        .onFailure(this::failed)
        .onSuccess(
            found -> {
              ahead = found;
              next();
            });
    return report.future();
  }

  /** Ends it in order: nothing more leaves, what is under way is awaited for some seconds. */
  public void stop() {
    assert loop.inLoop();
    stopped = true;
    lanes.values().forEach(ReplayLane::stopResending);
    if (sending != null) {
      sending.limit(PATIENCE_AFTER_STOP);
    }
    if (pause != null) {
      pause.cancel();
      pause = null;
      next();
    } else {
      loop.after(PATIENCE_AFTER_STOP, () -> end(Ending.STOPPED, null));
    }
  }

  /** How far it is; safe on any thread. */
  public Progress progress() {
    return progress;
  }

  /** The report as far as it is known, for an end that waits for nothing. */
  private ReplayReport reportSo(Ending ending, @Nullable Throwable failure) {
    Map<String, Long> destinations = new LinkedHashMap<>();
    boolean dry = plan.pace().dryRun();
    leaving.forEach(
        (to, count) -> {
          ReplayLane lane = lane(to);
          destinations.put(lane.destination(), dry ? count : lane.acknowledged());
        });
    return new ReplayReport(
        ending,
        ahead.round(),
        ahead.resumed(),
        new Counts(replayed, underWay, refused, homeless, passed),
        destinations,
        List.copyOf(named),
        failure);
  }

  private void next() {
    progress = new Progress(looked, ahead.letters(), replayed);
    if (stopped) {
      end(Ending.STOPPED, null);
    } else if (left() == 0) {
      end(Ending.LIMIT, null);
    } else if (read.isEmpty()) {
      box.next()
          .onFailure(this::failed)
          .onSuccess(
              letters -> {
                read.addAll(letters);
                if (letters.isEmpty()) {
                  end(stopped ? Ending.STOPPED : Ending.COMPLETE, null);
                } else {
                  send();
                }
              });
    } else {
      send();
    }
  }

  private long left() {
    return plan.pace().limit() - replayed;
  }

  private void send() {
    if (stopped) {
      end(Ending.STOPPED, null);
      return;
    }
    Chunk chunk = chunk();
    long begun = loop.nanos();
    chunk.sent().forEach(one -> leaving.merge(one.to(), 0L, Long::sum));
    if (leaving.size() > MOST_DESTINATIONS) {
      failed(
          new IllegalStateException(
              "more than " + MOST_DESTINATIONS + " destinations; choose fewer letters at a time"));
    } else if (plan.pace().dryRun()) {
      chunk.sent().forEach(one -> leaving.merge(one.to(), 1L, Long::sum));
      replayed += chunk.sent().size();
      pace(chunk, begun);
    } else {
      Future.all(chunk.destinations().stream().map(to -> lane(to).open()).toList())
          .onFailure(this::failed)
          .onSuccess(open -> loop.execute(() -> sendTo(chunk, begun)));
    }
  }

  private ReplayLane lane(SinkFactory to) {
    return lanes.computeIfAbsent(to, made -> new ReplayLane(loop, made.sink(loop)));
  }

  private Chunk chunk() {
    List<DeadLetter> handled = new ArrayList<>();
    List<Leaving> sent = new ArrayList<>();
    long most = Math.min(plan.pace().chunk(), left());
    while (!read.isEmpty() && sent.size() < most) {
      DeadLetter letter = read.remove();
      handled.add(letter);
      looked++;
      if (!plan.meant().test(letter)) {
        passed++;
        continue;
      }
      Optional<SinkFactory> to = plan.destination().apply(letter);
      if (to.isPresent()) {
        sent.add(new Leaving(letter, to.get()));
      } else {
        homeless++;
        name(letter, "says no origin; --to says where it goes");
      }
    }
    return new Chunk(handled, sent);
  }

  private void sendTo(Chunk chunk, long begun) {
    if (stopped) {
      end(Ending.STOPPED, null);
      return;
    }
    underWay = chunk.sent().size();
    List<Future<Reply<Sink.Sent>>> replies = new ArrayList<>();
    Runnable over = () -> answered(chunk, replies, begun);
    sending =
        TimeLimit.await(
            loop,
            () -> {
              for (Leaving one : chunk.sent()) {
                replies.add(lane(one.to()).send(one.letter().revived(ahead.round())));
              }
              return Future.join(List.copyOf(replies));
            },
            PATIENCE,
            new TimeLimit.Ends<>(any -> over.run(), over, late -> {}));
  }

  private void answered(Chunk chunk, List<Future<Reply<Sink.Sent>>> replies, long begun) {
    sending = null;
    boolean all = true;
    Throwable cause = null;
    for (int i = 0; i < replies.size(); i++) {
      Reply<Sink.Sent> reply = replies.get(i).result();
      if (reply != null && reply.isOk()) {
        replayed++;
      } else if (reply != null && reply.cause() instanceof MessageRefusedException too) {
        refused++;
        name(chunk.sent().get(i).letter(), String.valueOf(too.getMessage()));
      } else {
        all = false;
        cause = reply == null ? cause : reply.cause();
      }
    }
    if (all) {
      keep(chunk, begun);
    } else if (stopped) {
      end(Ending.STOPPED, null);
    } else {
      String what = cause == null ? "" : ": " + cause.getMessage();
      failed(new IllegalStateException("letters are not acknowledged" + what, cause));
    }
  }

  private void keep(Chunk chunk, long begun) {
    box.keep(chunk.handled())
        .onFailure(this::failed)
        .onSuccess(
            kept -> {
              underWay = 0;
              pace(chunk, begun);
            });
  }

  private void pace(Chunk chunk, long begun) {
    Duration spent = Duration.ofNanos(loop.nanos() - begun);
    Duration left = plan.pace().spacing(chunk.sent().size()).minus(spent);
    if (stopped || left.isNegative() || left.isZero() || left() == 0) {
      loop.execute(this::next);
      return;
    }
    progress = new Progress(looked, ahead.letters(), replayed);
    pause =
        loop.after(
            left,
            () -> {
              pause = null;
              next();
            });
  }

  private void name(DeadLetter letter, String what) {
    if (named.size() < MOST_NAMED) {
      named.add(letter.position() + ": " + what);
    }
  }

  private void failed(Throwable failure) {
    end(Ending.FAILED, failure);
  }

  private void end(Ending ending, @Nullable Throwable failure) {
    ReplayReport last = reportSo(ending, failure);
    progress = new Progress(looked, ahead.letters(), replayed);
    List<Future<Void>> closed = lanes.values().stream().map(ReplayLane::close).toList();
    Future.join(closed).onComplete(any -> report.tryComplete(last));
  }
}
