package dev.tailrace.processing;

import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a handler sees of its flight, and what the flight was told meanwhile. Belongs to the
 * consumer's loop; what a handler may call from elsewhere is volatile, or written before it is
 * called.
 */
abstract class Attempt implements MessageContext {
  private static final AtomicReferenceFieldUpdater<Attempt, Promise<CancelReason>> CANCELLATION =
      cancellationField();

  final Airport airport;
  final WorkItem item;
  long since; // event loop only: when the handler was called, when it ended, when it landed
  int attempt; // written before the handler is called
  private @Nullable Fence fence; // written before the handler is called
  private volatile @Nullable Told told; // written on the event loop; null before anything was
  private volatile @Nullable Promise<CancelReason> cancellation; // by CANCELLATION only

  Attempt(Airport airport, WorkItem item, long now) {
    this.airport = airport;
    this.item = item;
    this.since = now;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the updater knows no type arguments
  private static AtomicReferenceFieldUpdater<Attempt, Promise<CancelReason>> cancellationField() {
    return (AtomicReferenceFieldUpdater)
        AtomicReferenceFieldUpdater.newUpdater(Attempt.class, Promise.class, "cancellation");
  }

  final Crew crew() {
    return airport.crew();
  }

  final Told told() {
    Told known = told;
    return known == null ? Told.NOTHING : known;
  }

  final void tell(Told all) {
    told = all;
  }

  /** Asks the handler to end early; called once. */
  final void requestCancellation(CancelReason reason) {
    told = told().cancelled(reason);
    Promise<CancelReason> promise = cancellation;
    if (promise != null) {
      promise.tryComplete(reason);
    }
  }

  final @Nullable CancelReason cancelReason() {
    return told().cancelled();
  }

  /** Its key is its own. */
  final void won(Fence granted) {
    fence = granted;
  }

  final @Nullable Fence claim() {
    return fence;
  }

  /** When its handler was called, then when it ended, then when it landed. */
  final long since() {
    return since;
  }

  @Override
  public final Message message() {
    return item.message();
  }

  @Override
  public final String pipeline() {
    return item.pipeline();
  }

  @Override
  public final int attempt() {
    return attempt;
  }

  @Override
  public final Optional<String> resume() {
    return Optional.ofNullable(item.resume()); // changes between attempts only
  }

  @Override
  public final Duration remaining() {
    long now = crew().loop().nanos();
    long left = crew().timing().timeout().toNanos() - (now - since);
    return Duration.ofNanos(Math.max(0, told().cut(left, now)));
  }

  @Override
  public final boolean draining() {
    return told().drains();
  }

  @Override
  public final boolean cancelled() {
    return cancelReason() != null;
  }

  @Override
  public final Future<CancelReason> cancellation() {
    Promise<CancelReason> promise = cancellation;
    if (promise == null) {
      Promise<CancelReason> fresh = Promise.promise();
      promise = CANCELLATION.compareAndSet(this, null, fresh) ? fresh : cancellation;
    }
    Promise<CancelReason> shared = Objects.requireNonNull(promise);
    CancelReason reason = cancelReason();
    if (reason != null) {
      crew().loop().execute(() -> shared.tryComplete(reason));
    }
    return shared.future();
  }

  @Override
  public final Optional<Fence> fence() {
    return Optional.ofNullable(fence);
  }
}
