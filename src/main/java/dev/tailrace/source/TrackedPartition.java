package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One partition within one epoch, as its {@link Committer} keeps it; deliveries carry it as their
 * way home. Belongs to the committer's loop.
 */
public final class TrackedPartition {
  private final Committer committer;
  private final Partition partition;
  private final PositionTracker tracker;
  private final Resumes resumes;

  private @Nullable Position confirmed; // event loop only; what the broker is known to hold
  private @Nullable Position sent; // event loop only; what it holds once the last commit arrived
  private @Nullable Position outdated; // event loop only; of positions that restarted since
  private boolean dirty; // event loop only; something changed since the last commit was made
  private boolean uncertain; // event loop only; the last commit's answer is unknown
  private String result = Committer.OK; // event loop only; of the last commit
  private boolean ended; // event loop only
  private boolean full; // event loop only
  private boolean gapped; // event loop only
  private long gapSince; // event loop only; nanos, while gapped

  TrackedPartition(
      Committer committer,
      Partition partition,
      PositionTracker tracker,
      @Nullable Position committed) {
    this.committer = committer;
    this.partition = partition;
    this.tracker = tracker;
    this.resumes = new Resumes(committer, this, tracker);
    this.confirmed = committed;
    this.sent = committed;
  }

  /**
   * How a partition stands.
   *
   * @param committed the position last confirmed by the broker, or ""
   * @param mark the lowest unfinished position
   * @param gap how far the highest finished position is above the mark
   * @param gapAgeMillis how long the mark has not moved while above it work finished; 0 without gap
   * @param unfinished messages begun and not finished
   */
  public record Progress(
      String committed, long mark, long gap, long gapAgeMillis, int unfinished) {}

  /** The partition and its epoch. */
  public Partition partition() {
    return partition;
  }

  /** The lowest position that may {@link #begin}; a message below it means restarted positions. */
  public long next() {
    return tracker.next();
  }

  /**
   * Notes that a message arrived; see {@link PositionTracker#begin}. Where the window is full, the
   * caller says so with {@link #windowFull}.
   */
  public PositionTracker.Begin begin(long offset) {
    long markBefore = tracker.mark();
    resumes.begins();
    PositionTracker.Begin begin = tracker.begin(offset);
    if (begin == PositionTracker.Begin.WINDOW_FULL) {
      return begin;
    }
    full = false;
    if (tracker.mark() != markBefore
        || begin == PositionTracker.Begin.ALREADY_FINISHED
        || confirmed == null) {
      changed(markBefore);
    }
    return begin;
  }

  /**
   * The first time since something could begin that the window is full: an alarm names the message
   * which holds the mark.
   *
   * @param holder of a mark
   */
  void windowFull(LongFunction<MarkHolder> holder) {
    if (full || resumes.isSuspected()) {
      return;
    }
    full = true;
    String keyHash = holder.apply(tracker.mark()).keyHash();
    alarm(
        Alarm.WINDOW_FULL,
        partition.source()
            + "@"
            + tracker.mark()
            + (keyHash.isEmpty() ? "" : ", key hash " + keyHash + ",")
            + " has held the mark for "
            + progress().gapAgeMillis()
            + " ms, with work done up to "
            + tracker.gap()
            + " above it: nothing more begins here");
  }

  /**
   * Notes that a message is finished; its position is committed with the next tick. After the end
   * of the epoch this does nothing.
   */
  public void finish(long offset) {
    if (!ended) {
      long markBefore = tracker.mark();
      if (tracker.finish(offset)) {
        changed(markBefore);
        resumes.finished();
      }
    }
  }

  private void changed(long markBefore) {
    boolean gap = tracker.gap() > 0;
    if (gap && (!gapped || tracker.mark() != markBefore)) {
      gapSince = committer.nanos();
    }
    gapped = gap;
    dirty = true;
    committer.due();
  }

  /** Whether the epoch has ended. */
  public boolean ended() {
    return ended;
  }

  /** How the partition stands now. */
  public Progress progress() {
    long age = gapped ? (committer.nanos() - gapSince) / 1_000_000 : 0;
    return new Progress(committed(), tracker.mark(), tracker.gap(), age, tracker.unfinished());
  }

  /** Begins to read at {@code start}, or where that is negative, at what is committed. */
  void restore(long start) {
    Position held = confirmed;
    if (held == null || (start >= 0 && start != held.offset())) {
      if (start >= 0) {
        tracker.restore(start, "");
        dirty = true;
        committer.due();
      }
      if (held != null && start < held.offset()) {
        outdated = held;
        forget();
        alarm(Alarm.SOURCE_RESET, "reads at " + start + ", below the committed " + held.offset());
      }
      return;
    }
    tracker
        .restore(held.offset(), held.metadata())
        .ifPresent(
            reason ->
                alarm(
                    Alarm.METADATA,
                    "metadata at "
                        + held.offset()
                        + " is "
                        + reason
                        + ": what was finished above repeats"));
  }

  void window(int positions) {
    tracker.window(resumes.isSuspected() ? 1 : positions);
  }

  /** What its position says of processes that ended before it moved. */
  Resumes resumes() {
    return resumes;
  }

  /** Another count than the last commit's is to be committed. */
  void recounted() {
    dirty = true;
  }

  void end() {
    ended = true;
  }

  boolean uncertain() {
    return uncertain;
  }

  /** Whether there is something to commit or to read back. */
  boolean unsettled() {
    return !ended
        && (uncertain || (dirty && (confirmed == null || tracker.mark() >= confirmed.offset())));
  }

  /** What to commit now; empty where the broker holds that already. */
  Optional<Position> commitNow() {
    dirty = false;
    Position all = tracker.snapshot();
    if (all.metadata().length() > committer.metadataLimit()) {
      if (confirmed != null && confirmed.offset() == all.offset()) {
        return Optional.empty(); // what is kept there says more than what would fit
      }
      all = tracker.snapshot(committer.metadataLimit());
    }
    if (all.equals(confirmed)) {
      result = Committer.OK;
      return Optional.empty();
    }
    sent = all;
    return Optional.of(all);
  }

  /** The broker confirmed what was sent. */
  void confirmed(Position position) {
    if (!ended) {
      boolean moved = confirmed == null || confirmed.offset() != position.offset();
      confirmed = position;
      uncertain = false;
      result = Committer.OK;
      if (moved) {
        committer.committed(this);
      }
    }
  }

  /** The broker refused what was sent. */
  void refused() {
    sent = confirmed;
    dirty = true;
    result = Committer.FAILED;
  }

  /** The epoch is over, as the target knows before we are told: nothing more can be committed. */
  void disowned() {
    ended = true;
    if (!uncertain && dirty) {
      result = Committer.FAILED;
    }
  }

  /** Nobody knows whether the broker has what was sent. */
  void unanswered() {
    uncertain = true;
    result = Committer.UNKNOWN;
  }

  /** The broker said what it holds; an offset below 0 means nothing. */
  void heard(Position held) {
    if (ended) {
      return;
    }
    if (held.equals(sent)) {
      if (uncertain) {
        uncertain = false;
        result = Committer.OK;
        found(held);
      }
      return;
    }
    uncertain = false;
    if (held.offset() >= 0 || sent != null) {
      dirty = true;
      result = Committer.FAILED;
    }
    if (held.offset() < 0 || held.equals(outdated)) {
      forget();
    } else {
      sent = held;
      found(held);
    }
  }

  /** Nobody can say whose commit it was: ours, or that of whoever has the partition now. */
  private void found(Position held) {
    if (!held.equals(confirmed)) {
      confirmed = held;
      committer.readBack(this);
    }
  }

  private void forget() {
    confirmed = null;
    sent = null;
  }

  Source.CommittedPosition report() {
    return new Source.CommittedPosition(partition.source(), committed(), result);
  }

  /** The same before anything more is asked: what was not sent is as good as refused. */
  Source.CommittedPosition standing() {
    boolean behind = unsettled() && !tracker.snapshot().equals(confirmed);
    String commit = uncertain ? Committer.UNKNOWN : behind ? Committer.FAILED : Committer.OK;
    return new Source.CommittedPosition(partition.source(), committed(), commit);
  }

  String committed() {
    return confirmed == null ? "" : Long.toString(confirmed.offset());
  }

  private void alarm(Alarm kind, String detail) {
    committer.alarm(partition, kind, detail);
  }

  @Override
  public String toString() {
    return partition + " " + tracker + " committed " + committed();
  }
}
