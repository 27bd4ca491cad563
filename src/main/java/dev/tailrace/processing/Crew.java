package dev.tailrace.processing;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.RetryTiers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that a flight needs besides its message; one per consumer. Belongs to the consumer's loop, as
 * its parts do.
 *
 * @param pipeline the pipeline's name
 * @param loop the consumer's loop
 * @param events where flights report
 * @param handler the user's handler, started
 * @param workers where a blocking handler runs; its limit is the consumer's number of permits
 * @param timing how long a call may take
 * @param retry when a failed message runs again
 * @param claims how keys are claimed, or null without an idempotency store
 * @param deadLetters where exhausted messages go; null where there is no such destination, then
 *     they are retried for ever and hold their position
 * @param moving how failed messages leave for later attempts, or null without tiers of retries
 * @param breaker tells an outage from poison
 * @param batches when a batch is full, where the handler takes batches
 */
public record Crew(
    String pipeline,
    Loop loop,
    PoolEvents events,
    HandlerShape handler,
    Workers workers,
    Timing timing,
    RetryPolicy retry,
    @Nullable Claiming claims,
    @Nullable DeadLetters deadLetters,
    @Nullable Moving moving,
    Breaker breaker,
    BatchLimits batches) {

  /** Without tiers of retries, with a breaker as {@code retry} says, and batches by default. */
  public Crew(
      String pipeline,
      Loop loop,
      PoolEvents events,
      HandlerShape handler,
      Workers workers,
      Timing timing,
      RetryPolicy retry,
      @Nullable Claiming claims,
      @Nullable DeadLetters deadLetters) {
    this(
        pipeline,
        loop,
        events,
        handler,
        workers,
        timing,
        retry,
        claims,
        deadLetters,
        null,
        new Breaker(loop, retry.breaker()),
        BatchLimits.DEFAULT);
  }

  /** This crew with tiers of retries. */
  public Crew with(Moving moved) {
    return with(moved, batches);
  }

  /** This crew with other batches. */
  public Crew with(BatchLimits limits) {
    return with(moving, limits);
  }

  private Crew with(@Nullable Moving moved, BatchLimits limits) {
    return new Crew(
        pipeline,
        loop,
        events,
        handler,
        workers,
        timing,
        retry,
        claims,
        deadLetters,
        moved,
        breaker,
        limits);
  }

  /** Whether nothing that outlives this process knows which messages have been started. */
  public boolean forgetsStarts() {
    return claims == null || !claims.client().isLasting();
  }

  /** Whether an exhausted message leaves the pool; else it is retried for ever. */
  boolean ends() {
    return deadLetters != null || discards();
  }

  /** Whether an exhausted message is discarded. */
  boolean discards() {
    return retry.onExhausted() == RetryPolicy.OnExhausted.DISCARD;
  }

  /**
   * How long one call of the handler may take.
   *
   * @param timeout after this, cancellation is requested, above zero
   * @param grace after {@code timeout + grace} the handler counts as stuck
   */
  public record Timing(Duration timeout, Duration grace) {
    /** The grace that fits a time-out: as long again, at most 5 s. */
    public static Timing of(Duration timeout) {
      Duration most = Duration.ofSeconds(5);
      return new Timing(timeout, timeout.compareTo(most) < 0 ? timeout : most);
    }
  }

  /**
   * How keys are made and claimed.
   *
   * @param rule makes the key of a message
   * @param client talks to the store
   * @param unclaimedWhenUnavailable whether messages run without a claim, in grade A, while the
   *     store does not answer
   */
  public record Claiming(KeyRule rule, ClaimClient client, boolean unclaimedWhenUnavailable) {}

  /**
   * How failed messages leave for a tier of retries.
   *
   * @param tiers where they wait
   * @param ordered whether others wait behind a message that fails: then it leaves only where it
   *     finds no room, and {@code overflow} says so
   */
  public record Moving(RetryTiers tiers, boolean ordered) {}
}
