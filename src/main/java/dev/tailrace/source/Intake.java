package dev.tailrace.source;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The pool's end of a source. All methods are called on the consumer's event loop, by its one
 * source.
 */
public interface Intake {
  /**
   * These partitions are ours from now on; nothing of them arrives before {@link Source#request}.
   */
  void assigned(List<Partition> partitions);

  /**
   * Likewise, of partitions that need little room: what is in them waits there for later attempts.
   */
  default void assignedAside(List<Partition> partitions) {
    assigned(partitions);
  }

  /**
   * Takes deliveries, in position order within each partition. Never refuses: credit bounds them.
   */
  void accept(List<Delivery> batch);

  /**
   * These partitions go to another consumer. Nothing of them starts any more; what has not started
   * is released. The future completes when what runs has settled and its marks are written, or when
   * {@code deadline} has passed and what still runs was counted as overran; it never fails. Then
   * the source commits and raises the epoch.
   */
  Future<Void> revoke(List<Partition> partitions, Duration deadline);

  /**
   * How many messages are under way at once at most, where nothing that outlives the process knows
   * which they are: then the source counts how often their process ended. 0 where something does.
   * Asked when the source opens.
   */
  int forgottenStarts();

  /** These partitions are gone already. What has not started is released; nothing is awaited. */
  void lost(List<Partition> partitions);

  /** Single entries were taken by another consumer; those not started are dropped as released. */
  void lostDeliveries(List<Delivery> deliveries);

  /**
   * The lowest message in the pool of each partition or stream that is ours, by the name of the
   * source, which only people need to know: a look at every message that no other holds back.
   */
  Map<String, MarkHolder> markHolders();
}
