package dev.tailrace.source;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker as one consumer of the pool sees it. Belongs to one event loop, on which all methods are
 * called and all futures complete.
 *
 * <p>Life: {@link #open}, then credit and deliveries, then {@link #closeIntake}, {@link #flush},
 * {@link #giveBack}, {@link #close} in this order; each is fine to call twice, and to call without
 * the ones before it.
 */
public interface Source {
  /** The name for people: {@code kafka orders} or {@code redis payments}. */
  String name();

  /**
   * Connects and joins; completes when the source consumes or waits to be assigned something. While
   * the broker does not answer the source goes on trying, and {@link #status} says so; the caller
   * gives up by {@link #close}. Fails with {@link UnfitException} where trying again cannot help.
   */
  Future<Void> open(Intake intake);

  /**
   * Sets how much of the partition may still be delivered, in place of what was set before. No
   * credit means paused: the membership stays alive and nothing arrives. A poll that is under way
   * may pass the credit by at most itself, once.
   *
   * @param messages at least 0; 0 pauses
   * @param bytes at least 0; 0 pauses
   */
  void request(Partition partition, int messages, long bytes);

  /**
   * Stops taking anything new, for good; the membership stays. Completes when nothing can arrive.
   */
  Future<Void> closeIntake();

  /**
   * Writes what {@link Delivery#settle} left behind: commits and acknowledgements, confirmed by the
   * broker or read back. Completes with what was achieved, and never fails.
   */
  Future<Flush> flush();

  /** Tells the broker of released deliveries, so that others get them soon. Never fails. */
  Future<Flush> giveBack();

  /** Leaves the group and frees every connection; never fails, bounded by the caller. */
  Future<Void> close();

  /** How the source stands now: connection and partitions. */
  SourceStatus status();

  /**
   * Whether it is read {@link Until#END}, and all has finished that was there when it opened. May
   * ask the broker; false where that does not answer. Never fails.
   */
  default Future<Boolean> atEnd() {
    return Future.succeededFuture(false);
  }

  /**
   * What a flush achieved.
   *
   * @param positions per partition the position the broker confirmed last
   * @param flushed acknowledgements or releases that the broker confirmed in this flush
   * @param pending how many are not confirmed and known not to have been carried out
   * @param unknown how many nobody knows of
   */
  record Flush(List<CommittedPosition> positions, long flushed, long pending, long unknown) {
    /** Nothing was to be done. */
    public static final Flush NOTHING = new Flush(List.of(), 0, 0, 0);

    /** The same without saying of what. */
    public Flush withoutPositions() {
      return new Flush(List.of(), flushed, pending, unknown);
    }

    /** What both achieved together. */
    public Flush plus(Flush other) {
      List<CommittedPosition> all = new ArrayList<>(positions);
      all.addAll(other.positions);
      return new Flush(
          List.copyOf(all),
          flushed + other.flushed,
          pending + other.pending,
          unknown + other.unknown);
    }
  }

  /**
   * A position at the broker.
   *
   * @param source the partition or stream
   * @param committed the next position to be read, or the last acknowledged entry; "" where none
   * @param commit ok, failed or unknown
   */
  record CommittedPosition(String source, String committed, String commit) {}
}
