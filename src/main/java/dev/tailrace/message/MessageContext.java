package dev.tailrace.message;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * One attempt at one message, as its handler sees it. All methods are safe on any thread; the
 * future of {@link #cancellation()} completes on the consumer's event loop.
 */
public interface MessageContext {
  /** The message being handled. */
  Message message();

  /** The name of the pipeline. */
  String pipeline();

  /** Which attempt this is, from 1; failures before a restart count where a store keeps them. */
  int attempt();

  /**
   * Where to go on, as the message's last snooze said; empty for the beginning. An idempotency
   * store that outlives the process brings it from another one; so does a tier of retries, without
   * such a store, where the message went there after its snooze.
   */
  Optional<String> resume();

  /**
   * The time left: until {@code timeout}, or the end of a drain or revocation if that is nearer.
   */
  Duration remaining();

  /** Whether the pool has begun to stop; a long handler may end early with a snooze. */
  boolean draining();

  /** Whether cancellation was requested. */
  boolean cancelled();

  /** Completes when cancellation is requested; never fails, and may never complete. */
  Future<CancelReason> cancellation();

  /** The claim under which this attempt runs; empty without an idempotency store. */
  Optional<Fence> fence();
}
