package dev.tailrace.dispatch;

import dev.tailrace.processing.Flight;
import dev.tailrace.processing.WorkItem;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.Delivery;
import org.jspecify.annotations.Nullable;

/** A message and its place in the dispatcher. All fields belong to the event loop. */
final class Entry extends WorkItem {
  /** Where a message is; each message is in exactly one of the first three until it is gone. */
  enum Stage {
    BUFFERED,
    PARKED,
    EXECUTING,
    GONE
  }

  final PartitionBuffer home;
  final long receivedNanos;

  Stage stage = Stage.BUFFERED;
  boolean airborne; // among those whose flight did not end in the turn it began
  @Nullable Entry aloftBefore; // it among those; by their chain
  @Nullable Entry aloftAfter;
  boolean lost; // the broker gave it to another consumer
  boolean overran; // its partition had to go while its handler ran
  @Nullable Lane lane; // null where nothing orders it, and once it has left
  @Nullable Entry behind; // it in its lane; by the lane
  @Nullable Timer timer; // while it is parked, or holds its permit until its next attempt
  @Nullable Flight flight; // while an attempt is under way

  Entry(Delivery delivery, PartitionBuffer home, long receivedNanos) {
    super(delivery);
    this.home = home;
    this.receivedNanos = receivedNanos;
  }

  /** Whether nothing before it in its lane holds it back. */
  boolean isHead() {
    return lane == null || lane.isHead(this);
  }

  int bytes() {
    return delivery().bytes();
  }

  @Override
  public String pipeline() {
    return home.pipeline;
  }

  @Override
  protected Object voter() {
    // All of a partition would be one message for the breaker, which could not tell them apart.
    return lane == null || lane.isPartition() ? super.voter() : lane.voter();
  }

  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
