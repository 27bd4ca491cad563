package dev.tailrace.source;

import io.vertx.core.Future;

/**
 * How often the mark of one partition was resumed without having moved, and what follows from that:
 * which of its messages may have ended a process, and that their starts are written down. Belongs
 * to the committer's loop.
 *
 * <p>A position has room for one count, which is of the message at the mark. In an epoch that
 * begins like any other, the first start is counted. After two resumes messages come one at a time,
 * each of them is suspected and counts its own start; that goes on until the mark has moved, and
 * those that were under way with it have run too.
 */
final class Resumes {
  /** So many without a move are suspicions; what is above that, deaths. */
  private static final int SUSPICIONS = 2;

  private final Committer committer;
  private final TrackedPartition partition;
  private final PositionTracker tracker;
  private boolean careful; // event loop only; messages come one at a time, and are suspected
  private boolean toBeCounted; // event loop only; the next start is not counted by itself

  Resumes(Committer committer, TrackedPartition partition, PositionTracker tracker) {
    this.committer = committer;
    this.partition = partition;
    this.tracker = tracker;
  }

  /** They are counted in this epoch; before anything begins. */
  void count() {
    careful = tracker.resumes() >= SUSPICIONS;
    toBeCounted = !careful;
    if (careful) {
      committer.suspect();
      partition.window(committer.window());
    }
  }

  /** A message is about to begin. */
  void begins() {
    if (careful && tracker.resumes() < SUSPICIONS && committer.suspicion().isOver()) {
      careful = false;
      toBeCounted = true; // so that how far it came is written before the next death
      partition.window(committer.window());
    }
  }

  /** A message is finished. */
  void finished() {
    if (careful) {
      committer.suspicion().finished();
    }
  }

  /** Whether each message of this partition may be the one that ended two processes. */
  boolean isSuspected() {
    return careful;
  }

  /** Whether the next start is to be counted before its message enters the pool. */
  boolean isToBeCounted() {
    return toBeCounted;
  }

  /** How often the message at the mark ran alone when its process ended. */
  int deaths() {
    return careful ? Math.max(0, tracker.resumes() - SUSPICIONS) : 0;
  }

  /** Counts a start beside others; where that is not confirmed, completes after a pause. */
  Future<Boolean> countNext() {
    return countStart()
        .compose(counted -> counted ? Future.succeededFuture(true) : committer.pause().map(false));
  }

  /**
   * Counts a start of the message at the mark before it starts. Completes with whether the broker
   * has confirmed that, or cannot hold it; never fails.
   */
  Future<Boolean> countStart() {
    tracker.countStart(careful ? SUSPICIONS : 0);
    partition.recounted();
    return committer
        .confirm(partition)
        .map(
            good -> {
              boolean ok = good && !partition.ended();
              toBeCounted &= !ok;
              if (!ok) {
                tracker.uncountStart();
              }
              return ok;
            });
  }

  /** Completes when the broker holds how it stands now, or its epoch has ended; never fails. */
  Future<Boolean> confirm() {
    return partition.ended()
        ? Future.succeededFuture(true)
        : committer
            .confirm(partition)
            .compose(
                good ->
                    good
                        ? Future.succeededFuture(true)
                        : committer.pause().compose(paused -> confirm()));
  }

  /** The start of this message that was counted has ended, and its process has not. */
  void rests(long offset) {
    if (offset == tracker.mark()) {
      uncount();
    }
  }

  /** No start that was counted ends with the process any more. */
  void uncount() {
    if (!partition.ended() && tracker.uncountStart()) {
      partition.recounted();
      committer.due();
    }
  }

  /** The process ends in order. */
  void forget() {
    if (!partition.ended() && tracker.forgetResumes()) {
      partition.recounted();
    }
  }
}
