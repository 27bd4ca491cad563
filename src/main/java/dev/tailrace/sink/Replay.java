package dev.tailrace.sink;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.sink.DeadLetterBox.Ahead;
import dev.tailrace.sink.DeadLetterBox.Start;
import dev.tailrace.sink.ReplayReport.Ending;
import dev.tailrace.sink.ReplayReport.Progress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private static final Duration PATIENCE_AFTER_STOP = Duration.ofSeconds(5);

  private final Loop loop;
  private final DeadLetterBox box;
  private final ReplayPlan plan;
  private final ReplayTally tally = new ReplayTally();
  private final ReplayChunks chunks;
  private final ReplayLanes lanes;
  private final Promise<ReplayReport> report = Promise.promise();
  private Ahead ahead = new Ahead(0, 1, false); // event loop only
  private @Nullable Timer pause; // event loop only
  private boolean stopped; // event loop only
  private boolean over; // event loop only
  private volatile Progress progress = new Progress(0, 0, 0);

  /** Prepares a replay of an open box, which its owner closes. */
  public Replay(Loop loop, DeadLetterBox box, ReplayPlan plan) {
    this.loop = loop;
    this.box = box;
    this.plan = plan;
    this.chunks = new ReplayChunks(box, plan, tally);
    this.lanes = new ReplayLanes(loop);
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
    lanes.stop(PATIENCE_AFTER_STOP);
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

  private void next() {
    tell();
    if (stopped) {
      end(Ending.STOPPED, null);
    } else if (left() == 0) {
      end(Ending.LIMIT, null);
    } else {
      chunks.ready().onFailure(this::failed).onSuccess(this::send);
    }
  }

  private long left() {
    return plan.pace().limit() - tally.replayed();
  }

  private void send(boolean any) {
    if (stopped || !any) {
      end(stopped ? Ending.STOPPED : Ending.COMPLETE, null);
      return;
    }
    long begun = loop.nanos();
    ReplayChunk chunk = chunks.take(left());
    if (!lanes.add(chunk.sent())) {
      failed(
          new IllegalStateException(
              "more than " + MOST_DESTINATIONS + " destinations; choose fewer letters at a time"));
    } else if (plan.pace().dryRun()) {
      lanes.count(chunk.sent());
      tally.replayed(chunk.sent().size());
      pace(chunk, begun);
    } else {
      lanes.open(chunk.sent()).onFailure(this::failed).onSuccess(open -> sendOpen(chunk, begun));
    }
  }

  private void sendOpen(ReplayChunk chunk, long begun) {
    if (stopped) {
      end(Ending.STOPPED, null);
      return;
    }
    tally.underWay(chunk.sent().size());
    lanes.send(chunk.sent(), ahead.round()).onSuccess(replies -> answered(chunk, replies, begun));
  }

  private void answered(ReplayChunk chunk, List<Future<Reply<Sink.Sent>>> replies, long begun) {
    boolean all = true;
    Throwable cause = null;
    for (int i = 0; i < replies.size(); i++) {
      Reply<Sink.Sent> reply = replies.get(i).result();
      if (reply != null && reply.isOk()) {
        tally.replayed(1);
      } else if (reply != null && reply.cause() instanceof MessageRefusedException too) {
        tally.refused(chunk.sent().get(i).letter(), too);
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

  private void keep(ReplayChunk chunk, long begun) {
    box.keep(chunk.handled())
        .onFailure(this::failed)
        .onSuccess(
            kept -> {
              tally.underWay(0);
              pace(chunk, begun);
            });
  }

  private void pace(ReplayChunk chunk, long begun) {
    Duration spent = Duration.ofNanos(loop.nanos() - begun);
    Duration wait = plan.pace().spacing(chunk.sent().size()).minus(spent);
    if (stopped || wait.isNegative() || wait.isZero() || left() == 0) {
      loop.execute(this::next);
      return;
    }
    tell();
    pause =
        loop.after(
            wait,
            () -> {
              pause = null;
              next();
            });
  }

  private void tell() {
    progress = new Progress(tally.lookedAt(), ahead.letters(), tally.replayed());
  }

  private void failed(Throwable failure) {
    end(Ending.FAILED, failure);
  }

  /**
   * The first end counts: what was still under way when a stop had waited enough may come to one.
   */
  private void end(Ending ending, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    over = true;
    tell();
    ReplayReport last =
        new ReplayReport(
            ending,
            ahead.round(),
            ahead.resumed(),
            tally.counts(),
            lanes.destinations(),
            tally.named(),
            failure);
    lanes.close().onComplete(any -> report.complete(last));
  }
}
