package dev.tailrace.source;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A polled message on its way through the pool, with its partition as the way home. */
final class PolledDelivery implements Delivery {
  private final OwnedPartition home;
  private final PolledMessage message;
  private boolean finishedBefore; // event loop only
  private boolean begun; // event loop only; it holds the mark, and has not entered the pool
  private boolean counted; // event loop only; its start was, by itself

  PolledDelivery(OwnedPartition home, PolledMessage message) {
    this.home = home;
    this.message = message;
  }

  long offset() {
    return message.offset();
  }

  void markFinishedBefore() {
    finishedBefore = true;
  }

  boolean isBegun() {
    return begun;
  }

  void begin() {
    begun = true;
  }

  @Override
  public Message message() {
    return message;
  }

  @Override
  public Origin position() {
    return retried() == null
        ? message.origin()
        : Origin.offset(home.partition().source(), offset());
  }

  @Override
  public @Nullable Retried retried() {
    return message.retried();
  }

  @Override
  public @Nullable Object laneKey() {
    return message.laneKey();
  }

  /** Whether it may enter the pool. */
  boolean isDue(Instant now) {
    Retried retried = message.retried();
    return retried == null || !retried.due().isAfter(now);
  }

  @Override
  public Partition partition() {
    return home.partition();
  }

  @Override
  public int bytes() {
    return message.bytes();
  }

  /** Always 1: a log does not count. */
  @Override
  public int deliveries() {
    return 1;
  }

  @Override
  public boolean finishedBefore() {
    return finishedBefore;
  }

  @Override
  public void settle() {
    if (!finishedBefore) {
      home.settle(offset());
    }
  }

  @Override
  public boolean suspected() {
    return home.resumes().isSuspected();
  }

  @Override
  public int deaths() {
    return home.resumes().deaths();
  }

  @Override
  public Future<Boolean> countStart() {
    counted = suspected();
    return counted ? home.resumes().countStart() : Future.succeededFuture(true);
  }

  @Override
  public void rests() {
    if (counted) {
      home.resumes().rests(offset());
    }
  }

  @Override
  public Future<?> endWritten() {
    return counted ? home.resumes().confirm() : Future.succeededFuture();
  }

  /** What is not finished stays above the committed position. */
  @Override
  public void release() {
    home.resumes().rests(offset());
  }
}
