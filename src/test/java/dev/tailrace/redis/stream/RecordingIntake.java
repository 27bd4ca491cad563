package dev.tailrace.redis.stream;

import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool's end of a source that remembers what came. It grants credit once, at the assignment, and
 * again after every batch; what becomes of a delivery is the test's choice. Belongs to the source's
 * loop.
 */
public final class RecordingIntake implements Intake {
  /** All that came, in the order in which it came. */
  final List<Delivery> accepted = new ArrayList<>();

  /** What was reported as taken by others. */
  final List<Delivery> stolen = new ArrayList<>();

  /** What is assigned now. */
  final List<Partition> assigned = new ArrayList<>();

  private final Consumer<Delivery> then;
  private @Nullable Source source;
  private int credit;
  private boolean storing = true;
  private Future<Void> rest = Future.succeededFuture();

  /**
   * Makes an intake that holds what comes.
   *
   * @param credit how many messages each partition may deliver after every batch
   */
  public RecordingIntake(int credit) {
    this(credit, delivery -> {});
  }

  /** Makes an intake that does {@code then} with each delivery. */
  public RecordingIntake(int credit, Consumer<Delivery> then) {
    this.credit = credit;
    this.then = then;
  }

  /** The same without a store that remembers starts. */
  RecordingIntake withoutStore() {
    storing = false;
    return this;
  }

  /** The same with work that rests, when it is revoked, only when this is complete. */
  RecordingIntake restingWhen(Future<Void> ended) {
    rest = ended;
    return this;
  }

  /** Opens the source with this intake. */
  Future<Void> open(Source opened) {
    source = opened;
    return opened.open(this);
  }

  /** Sets the credit of all partitions from now on; 0 pauses. */
  void credit(int messages) {
    credit = messages;
    assigned.forEach(this::grant);
  }

  @Override
  public void assigned(List<Partition> partitions) {
    assigned.addAll(partitions);
    partitions.forEach(this::grant);
  }

  @Override
  public void accept(List<Delivery> batch) {
    accepted.addAll(batch);
    batch.forEach(then);
    assigned.forEach(this::grant);
  }

  @Override
  public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
    assigned.removeAll(partitions);
    return rest;
  }

  @Override
  public void lost(List<Partition> partitions) {
    assigned.removeAll(partitions);
  }

  @Override
  public int forgottenStarts() {
    return storing ? 0 : 1;
  }

  @Override
  public void lostDeliveries(List<Delivery> deliveries) {
    stolen.addAll(deliveries);
    deliveries.forEach(Delivery::release);
  }

  @Override
  public Map<String, MarkHolder> markHolders() {
    return Map.of();
  }

  private void grant(Partition partition) {
    if (source != null) {
      source.request(partition, credit, credit == 0 ? 0 : Long.MAX_VALUE);
    }
  }
}
