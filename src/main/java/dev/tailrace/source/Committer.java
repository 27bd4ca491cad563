package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commits the marks of a consumer's partitions: at most one request at a time, one per tick, and
 * only where something has changed. Belongs to its loop.
 *
 * <p>A position counts as confirmed when the broker said so: after an unknown answer it is read
 * back, and nothing more is committed for its partition before. A committed position never moves
 * back within an epoch, and nothing is committed after the epoch's end. After {@link #close}
 * nothing ticks any more, but {@link #flush} still works.
 */
public final class Committer {
  /** How often positions are committed while work finishes. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(100);

  /** The longest pause between commits while the broker refuses them or does not answer. */
  static final Duration MOST_PAUSE = Duration.ofSeconds(2);

  /**
   * How long a flush goes on trying what was refused or unknown. While the group rebalances, every
   * commit is refused until the poll thread has rejoined, so that a stop beside another's start
   * needs more than one try.
   */
  static final Duration FLUSH_LIMIT = Duration.ofSeconds(5);

  /** The first pause between two tries of a flush; the next ones double. */
  private static final Duration FLUSH_PAUSE = Duration.ofMillis(20);

  /** The window does not shrink below this, so that a partition does not crawl. */
  static final int LEAST_WINDOW = 256;

  static final String OK = "ok";
  static final String FAILED = "failed";
  static final String UNKNOWN = "unknown";

  private final SourceEnvironment environment;
  private final Loop loop;
  private final Duration interval;
  private final CommitRound round;
  private final Suspicion suspicion;

  private final Map<Partition, TrackedPartition> partitions =
      new LinkedHashMap<>(); // event loop only
  private final Map<TrackedPartition, Promise<Boolean>> unconfirmed =
      new LinkedHashMap<>(); // event loop only; bounded by the partitions
  private Future<?> last = Future.succeededFuture(); // event loop only; the round queued last
  private @Nullable Timer timer; // event loop only
  private Duration pause; // event loop only
  private int window; // event loop only
  private int metadataLimit = PositionMetadata.MAX_CHARS; // event loop only
  private boolean closed; // event loop only
  private int forgottenStarts; // event loop only; so many may be under way; 0: they are known

  /**
   * Makes a committer.
   *
   * @param interval from the first change to its commit, above zero
   * @param window how far above a partition's mark messages may begin, from 1 to {@link
   *     PositionMetadata#MAX_WINDOW}
   */
  public Committer(
      SourceEnvironment environment, Duration interval, int window, CommitTarget target) {
    this.environment = environment;
    this.loop = environment.loop();
    this.interval = interval;
    this.pause = interval;
    this.window = window;
    this.round = new CommitRound(environment, target, this::shrink);
    this.suspicion = new Suspicion(loop);
  }

  /**
   * Begins an epoch.
   *
   * @param committed what the broker holds for the group, or null where it holds nothing
   * @param start where reading begins, or -1: at {@code committed}, or where that is null, at the
   *     first message. Committed soon where it is not what the broker holds, so that a policy such
   *     as {@code latest} is applied once only
   */
  public TrackedPartition track(Partition partition, @Nullable Position committed, long start) {
    return track(partition, committed, start, null);
  }

  /**
   * The same of a log that is known.
   *
   * @param logId committed beside the position; null where it is not known
   */
  TrackedPartition track(
      Partition partition, @Nullable Position committed, long start, @Nullable UUID logId) {
    assert loop.inLoop();
    TrackedPartition tracked =
        new TrackedPartition(this, partition, new PositionTracker(window, logId), committed);
    if (partitions.putIfAbsent(partition, tracked) != null) {
      throw new IllegalStateException(partition + " is tracked already");
    }
    tracked.restore(start);
    if (forgottenStarts > 0) {
      tracked.resumes().count();
    }
    return tracked;
  }

  /**
   * What is known of a partition's position without asking the broker: ok where there is nothing
   * that it has not confirmed. Empty for one that is not tracked.
   */
  Optional<Source.CommittedPosition> standing(Partition partition) {
    assert loop.inLoop();
    return Optional.ofNullable(partitions.get(partition)).map(TrackedPartition::standing);
  }

  /** Ends an epoch: nothing is committed for it any more. Fine for one that is not tracked. */
  public void end(Partition partition) {
    assert loop.inLoop();
    TrackedPartition tracked = partitions.remove(partition);
    if (tracked != null) {
      tracked.end();
    }
  }

  /**
   * Commits what is due of these partitions and reads all of them back. Completes with what the
   * broker holds for each that is tracked; never fails. What is refused or unknown is tried again
   * for {@link #FLUSH_LIMIT}; the target bounds how long one try takes.
   */
  public Future<List<Source.CommittedPosition>> flush(Set<Partition> which) {
    assert loop.inLoop();
    List<TrackedPartition> wanted = new ArrayList<>();
    for (TrackedPartition tracked : partitions.values()) {
      if (which.contains(tracked.partition())) {
        wanted.add(tracked);
      }
    }
    long end = loop.nanos() + FLUSH_LIMIT.toNanos();
    return exclusively(() -> rounds(wanted, end, FLUSH_PAUSE))
        .map(done -> wanted.stream().map(TrackedPartition::report).toList());
  }

  private Future<Boolean> rounds(List<TrackedPartition> wanted, long end, Duration wait) {
    return round
        .run(wanted, true)
        .compose(
            good ->
                loop.nanos() + wait.toNanos() - end < 0
                        && wanted.stream().anyMatch(TrackedPartition::unsettled)
                    ? after(wait).compose(waited -> rounds(wanted, end, wait.multipliedBy(2)))
                    : Future.succeededFuture(good));
  }

  /**
   * Commits what is due of one partition and reads it back, together with all others of which that
   * is asked before the round begins. Completes with whether the broker holds it now; never fails.
   */
  Future<Boolean> confirm(TrackedPartition tracked) {
    boolean first = unconfirmed.isEmpty();
    Promise<Boolean> answer = unconfirmed.computeIfAbsent(tracked, asked -> Promise.promise());
    if (first) {
      exclusively(this::confirmAll);
    }
    return answer.future();
  }

  private Future<Boolean> confirmAll() {
    Map<TrackedPartition, Promise<Boolean>> asked = new LinkedHashMap<>(unconfirmed);
    unconfirmed.clear();
    return round
        .run(asked.keySet(), true)
        .onSuccess(
            good -> asked.forEach((tracked, answer) -> answer.complete(!tracked.unsettled())));
  }

  /** Completes when what the broker refused, or did not answer, may be tried again. */
  Future<Void> pause() {
    return after(pause);
  }

  private Future<Void> after(Duration wait) {
    Promise<Void> waited = Promise.promise();
    loop.after(wait, waited::complete);
    return waited.future();
  }

  /**
   * Counts, from the next epochs on, how often a mark is resumed without having moved.
   *
   * @param most messages that are under way at once; 0 where nothing is to be counted
   */
  void countResumes(int most) {
    forgottenStarts = most;
  }

  /** Two processes ended before a mark moved: what was under way then may be why. */
  void suspect() {
    suspicion.begin(forgottenStarts);
  }

  /** Of what was under way when two processes ended before a mark moved. */
  Suspicion suspicion() {
    return suspicion;
  }

  /** What of these partitions was counted as started has not ended its process. */
  void uncount(Collection<Partition> which) {
    for (Partition partition : which) {
      TrackedPartition tracked = partitions.get(partition);
      if (tracked != null) {
        tracked.resumes().uncount();
      }
    }
  }

  /** The process ends in order. */
  void forgetResumes() {
    partitions.values().forEach(tracked -> tracked.resumes().forget());
  }

  /** Stops ticking. */
  public void close() {
    assert loop.inLoop();
    closed = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** All partitions tracked now, in the order of their assignment. */
  public Collection<TrackedPartition> partitions() {
    return List.copyOf(partitions.values());
  }

  /** How far above a mark messages may begin now: narrower where the broker takes less metadata. */
  public int window() {
    return window;
  }

  /** Something has changed that a tick should commit. */
  void due() {
    if (timer == null && !closed && last.isComplete()) {
      timer = loop.after(pause, this::tick);
    }
  }

  private void tick() {
    timer = null;
    exclusively(() -> round.run(List.copyOf(partitions.values()), false));
  }

  /** One round after the other; after the last one, the next tick if there is more to commit. */
  private Future<Boolean> exclusively(Supplier<Future<Boolean>> work) {
    Future<Boolean> mine = last.transform(before -> work.get());
    last = mine;
    return mine.onSuccess(
        good -> {
          pause = good ? interval : longer(pause);
          if (partitions.values().stream().anyMatch(TrackedPartition::unsettled)) {
            due();
          }
        });
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(MOST_PAUSE) < 0 ? twice : MOST_PAUSE;
  }

  /** The broker refused metadata of this length. */
  private void shrink(TrackedPartition refused, int length) {
    metadataLimit = Math.min(metadataLimit, length) / 2;
    int fitting = Math.max(LEAST_WINDOW, PositionMetadata.windowFor(metadataLimit));
    window = Math.min(window, fitting);
    partitions.values().forEach(tracked -> tracked.window(window));
    alarm(
        refused.partition(),
        Alarm.METADATA,
        "the broker refused "
            + length
            + " characters beside a position: the window is "
            + window
            + " from now on; offset.metadata.max.bytes should be "
            + PositionMetadata.MAX_CHARS);
  }

  int metadataLimit() {
    return metadataLimit;
  }

  long nanos() {
    return loop.nanos();
  }

  void committed(TrackedPartition tracked) {
    environment
        .events()
        .committed(
            environment.pipeline(),
            tracked.partition().source(),
            tracked.partition().epoch(),
            tracked.committed());
  }

  void readBack(TrackedPartition tracked) {
    environment
        .events()
        .readBack(
            environment.pipeline(),
            tracked.partition().source(),
            tracked.partition().epoch(),
            tracked.committed());
  }

  void alarm(Partition partition, Alarm kind, String detail) {
    environment.events().alarm(environment.pipeline(), partition.source(), kind, detail);
  }
}
