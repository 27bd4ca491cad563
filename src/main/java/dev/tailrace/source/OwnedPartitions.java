package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a member of a group owns: how they are taken over, read by credit, committed,
 * handed over and lost. It is what a source of such a broker does on the loop; what talks to the
 * broker is behind {@link Poller} and {@link CommitTarget}.
 *
 * <p>Belongs to its loop: every method is called, and every future completes, in a turn of it.
 * Life: {@link #open}, then what the group does, then {@link #closeIntake}, {@link #flush}, {@link
 * #close}; each is fine to call twice, and without the ones before it.
 */
public final class OwnedPartitions {
  /** Of a revocation's time, at most this is kept for committing after the handlers. */
  private static final Duration COMMIT_RESERVE = Duration.ofSeconds(1);

  private final SourceEnvironment environment;
  private final Loop loop;
  private final PoolEvents events;
  private final Committer committer;
  private final Poller poller;
  private final PolledBatches batches;
  private @Nullable Intake intake; // event loop only; null before open

  /**
   * Of partitions that went since the intake closed, by source, where a commit is not confirmed.
   */
  private final Map<String, Source.CommittedPosition> unconfirmed =
      new LinkedHashMap<>(); // event loop only

  /** What polls for this member, in a thread of its own or not. Called in turns of the loop. */
  public interface Poller {
    /**
     * Holds partitions back, or lets them flow; the last wish counts for each.
     *
     * @param held by partition, in the order in which they may bring something, whether it is held
     *     back from now on; not empty
     */
    void flow(Map<Partition, Boolean> held);

    /**
     * Says what credit is left, as often as that may have changed: for who polls again before what
     * a poll brought has been {@link OwnedPartitions#polled}.
     *
     * @param credit after all that has been
     */
    default void left(CreditLeft credit) {}

    /**
     * Has a partition that is held back read again from {@code offset} on. Completes, in turn, when
     * nothing that was polled before comes any more: with true, or with false where that could not
     * be asked for. Never fails.
     */
    Future<Boolean> reread(Partition partition, long offset);

    /**
     * Has a partition go on in a new epoch, since its positions have restarted: at the committed
     * one, if that is not above {@code ceiling}, or else at the first. The answer is {@link
     * OwnedPartitions#started}.
     */
    void restart(Partition old, long ceiling);
  }

  /**
   * Owns nothing so far.
   *
   * @param window how far above a partition's mark messages may begin, from 1 to {@link
   *     PositionMetadata#MAX_WINDOW}
   * @param target where positions are committed
   */
  public OwnedPartitions(
      SourceEnvironment environment, int window, CommitTarget target, Poller poller) {
    this.environment = environment;
    this.loop = environment.loop();
    this.events = environment.events();
    this.committer = new Committer(environment, Committer.DEFAULT_INTERVAL, window, target);
    this.poller = poller;
    this.batches = new PolledBatches(loop, new Outlet());
  }

  /** Whose pool gets what is polled from now on. */
  public void open(Intake pool) {
    assert loop.inLoop();
    intake = pool;
    committer.countResumes(pool.forgottenStarts());
  }

  private Intake intake() {
    Intake known = intake;
    if (known == null) {
      throw new IllegalStateException("the partitions of " + environment.pipeline() + " not open");
    }
    return known;
  }

  /** All that are owned now, in the order of their assignment. */
  public Set<Partition> all() {
    return batches.all();
  }

  // -- what the group does

  /**
   * Partitions are ours, held back, and stand where they go on. Nothing after the intake closed.
   */
  public void started(List<StartingPoint> points) {
    assert loop.inLoop();
    if (batches.isClosed()) {
      return; // they are held back already, and stay so
    }
    List<Partition> assigned = new ArrayList<>(points.size());
    for (StartingPoint point : points) {
      Partition partition = point.partition();
      StartingPoint.Deviation deviation = point.deviation();
      if (deviation != null) {
        events.alarm(
            environment.pipeline(), partition.source(), deviation.alarm(), deviation.detail());
      }
      if (point.isHeld()) {
        continue;
      }
      TrackedPartition tracked =
          committer.track(partition, point.committed(), point.trackedFrom(), point.logId());
      batches.add(
          new OwnedPartition(tracked, point.start(), batches::schedule, intake()::markHolders));
      events.assigned(
          environment.pipeline(),
          partition.source(),
          partition.epoch(),
          Long.toString(point.start()));
      assigned.add(partition);
    }
    intake().assigned(assigned);
  }

  /**
   * Partitions have to go. Completes when what runs has ended and its positions are committed, or
   * {@code left} is used up and the positions are written as they are; never fails.
   *
   * @param left how long the group waits
   */
  public Future<Void> revoked(List<Partition> revoked, Duration left) {
    assert loop.inLoop();
    List<Partition> known = batches.known(revoked);
    if (known.isEmpty()) {
      return Future.succeededFuture();
    }
    long began = loop.nanos();
    batches.leave(known);
    Duration quarter = left.dividedBy(4);
    Duration reserve = quarter.compareTo(COMMIT_RESERVE) < 0 ? quarter : COMMIT_RESERVE;
    return intake()
        .revoke(known, left.minus(reserve))
        .transform(
            ended -> {
              committer.uncount(known);
              return committer.flush(new LinkedHashSet<>(known));
            })
        .transform(
            committed -> {
              handedOver(known, committed.result());
              events.revocation(environment.pipeline(), Duration.ofNanos(loop.nanos() - began));
              return Future.succeededFuture();
            });
  }

  /** What was lost or closed meanwhile has been told already. */
  private void handedOver(List<Partition> revoked, List<Source.CommittedPosition> flushed) {
    for (Partition partition : batches.known(revoked)) {
      end(partition);
      Optional<Source.CommittedPosition> position =
          flushed.stream().filter(one -> one.source().equals(partition.source())).findFirst();
      position.ifPresent(this::gone);
      events.revoked(
          environment.pipeline(),
          partition.source(),
          partition.epoch(),
          position.map(Source.CommittedPosition::commit).orElse(Committer.OK));
    }
  }

  /** The flush of a stop tells of what went with a commit that nobody confirmed, too. */
  private void gone(Source.CommittedPosition position) {
    if (batches.isClosed() && !position.commit().equals(Committer.OK)) {
      unconfirmed.put(position.source(), position);
    }
  }

  /** Partitions have gone. */
  public void lost(List<Partition> lost) {
    assert loop.inLoop();
    List<Partition> known = batches.known(lost);
    if (known.isEmpty()) {
      return;
    }
    for (Partition partition : known) {
      committer.standing(partition).ifPresent(this::gone);
      end(partition);
      events.lost(environment.pipeline(), partition.source(), partition.epoch());
    }
    intake().lost(known);
  }

  private void end(Partition partition) {
    batches.remove(partition);
    committer.end(partition);
  }

  /** The broker said where partitions end; of those that are not ours it does not matter. */
  public void ends(Map<Partition, Long> ends) {
    assert loop.inLoop();
    ends.forEach(
        (partition, end) -> {
          OwnedPartition known = batches.get(partition);
          if (known != null) {
            known.end(end);
          }
        });
  }

  /**
   * Whether all has finished of a partition that lies below {@code end}; false where it is not
   * ours.
   *
   * @param position what is polled next, as of after all that has been {@link #polled}
   */
  public boolean isThrough(Partition partition, long end, long position) {
    assert loop.inLoop();
    OwnedPartition known = batches.get(partition);
    return known != null && known.isThrough(end, position);
  }

  // -- the way of messages

  /**
   * Takes what a poll brought, in the order of the polls.
   *
   * @param records by the name of the partition, in order; of one that is not ours they are dropped
   */
  public void polled(Map<String, ? extends List<? extends PolledMessage>> records) {
    assert loop.inLoop();
    batches.polled(records);
  }

  /** See {@link Source#request}. */
  public void request(Partition partition, int messages, long bytes) {
    assert loop.inLoop();
    batches.request(partition, messages, bytes);
  }

  private final class Outlet implements PolledBatches.Outlet {
    @Override
    public void accept(List<Delivery> batch) {
      intake().accept(batch);
    }

    @Override
    public void flow(Map<Partition, Boolean> held) {
      poller.flow(held);
    }

    @Override
    public void left(CreditLeft credit) {
      poller.left(credit);
    }

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      return poller.reread(partition, offset);
    }

    /** What comes next was there before: the log was cut, or made anew. */
    @Override
    public void restarted(Partition old, long offset) {
      events.alarm(
          environment.pipeline(),
          old.source(),
          Alarm.SOURCE_RESET,
          "positions restarted at " + offset + ": the log was cut or made anew");
      lost(List.of(old));
      poller.restart(old, offset);
    }
  }

  // -- the stop

  /** Nothing enters the pool any more; what is owned stays so. */
  public void closeIntake() {
    assert loop.inLoop();
    batches.close();
  }

  /** See {@link Source#flush}. */
  public Future<Source.Flush> flush() {
    assert loop.inLoop();
    Set<Partition> all = batches.all();
    committer.forgetResumes();
    return all.isEmpty()
        ? Future.succeededFuture(flushed(List.of()))
        : committer.flush(all).map(this::flushed);
  }

  private Source.Flush flushed(List<Source.CommittedPosition> here) {
    Map<String, Source.CommittedPosition> gone = new LinkedHashMap<>(unconfirmed);
    here.forEach(position -> gone.remove(position.source()));
    List<Source.CommittedPosition> positions = new ArrayList<>(here);
    positions.addAll(gone.values());
    long ok = count(positions, Committer.OK);
    long unknown = count(positions, Committer.UNKNOWN);
    return new Source.Flush(positions, ok, positions.size() - ok - unknown, unknown);
  }

  private static long count(List<Source.CommittedPosition> positions, String result) {
    long count = 0;
    for (Source.CommittedPosition position : positions) {
      count += position.commit().equals(result) ? 1 : 0;
    }
    return count;
  }

  /** Ends every epoch; nothing is committed any more. */
  public void close() {
    assert loop.inLoop();
    batches.close();
    committer.close();
    for (Partition partition : batches.all()) {
      String commit =
          committer.standing(partition).map(Source.CommittedPosition::commit).orElse(Committer.OK);
      end(partition);
      events.revoked(environment.pipeline(), partition.source(), partition.epoch(), commit);
    }
  }

  /** How each stands now. */
  public List<SourceStatus.PartitionStatus> statuses() {
    assert loop.inLoop();
    return batches.statuses(intake == null ? Map.of() : intake.markHolders());
  }
}
