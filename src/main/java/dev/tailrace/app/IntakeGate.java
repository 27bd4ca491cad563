package dev.tailrace.app;

import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The way from a source into the pool, shut from the moment of a stop: also what the source had
 * handed over to a loop that was blocked then, and turns later, does not come in any more.
 */
final class IntakeGate implements Intake {
  private final Intake pool;
  private volatile boolean shut; // by whoever stops, on any thread

  IntakeGate(Intake pool) {
    this.pool = pool;
  }

  /** Nothing comes in from now on; what arrives goes back. Any thread. */
  void shut() {
    shut = true;
  }

  @Override
  public void assigned(List<Partition> partitions) {
    pool.assigned(partitions);
  }

  @Override
  public void assignedAside(List<Partition> partitions) {
    pool.assignedAside(partitions);
  }

  @Override
  public void accept(List<Delivery> batch) {
    if (shut) {
      batch.forEach(Delivery::release);
    } else {
      pool.accept(batch);
    }
  }

  @Override
  public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
    return pool.revoke(partitions, deadline);
  }

  @Override
  public int forgottenStarts() {
    return pool.forgottenStarts();
  }

  @Override
  public void lost(List<Partition> partitions) {
    pool.lost(partitions);
  }

  @Override
  public void lostDeliveries(List<Delivery> deliveries) {
    pool.lostDeliveries(deliveries);
  }

  @Override
  public Map<String, MarkHolder> markHolders() {
    return pool.markHolders();
  }
}
