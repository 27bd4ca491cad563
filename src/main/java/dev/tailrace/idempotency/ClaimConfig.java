package dev.tailrace.idempotency;

import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.ResendingBatcher.Pauses;
import java.time.Duration;

/**
 * How a consumer claims keys.
 *
 * @param owner the instance and its incarnation, for people and as the beginning of claim ids
 * @param lease how long a claim holds without a renewal; renewed at a third of it; at least 30 ms
 * @param retention how long finished keys are remembered
 * @param whenUnavailable what a store that does not answer means
 * @param limits items of one request to the store, and requests under way, per kind
 * @param pauses between two tries of the same request
 */
public record ClaimConfig(
    String owner,
    Duration lease,
    Duration retention,
    WhenUnavailable whenUnavailable,
    BatcherLimits limits,
    Pauses pauses) {

  private static final Duration LEAST_LEASE = Duration.ofMillis(30);

  /** What a store that does not answer means for the messages. */
  public enum WhenUnavailable {
    /** They wait: claims are sent again until they are answered. */
    PAUSE,
    /** They run without a claim, in grade A: a claim is answered by its first reply. */
    PROCESS;

    /** Reads {@code idempotency.on-unavailable}. */
    public static WhenUnavailable parse(String text) {
      return switch (text) {
        case "pause" -> PAUSE;
        case "process" -> PROCESS;
        default ->
            throw new IllegalArgumentException(
                "\"" + text + "\" is not known; allowed: pause, process");
      };
    }
  }

  /** Refuses a lease that is too short to be renewed, and a retention that is not positive. */
  public ClaimConfig {
    if (lease.compareTo(LEAST_LEASE) < 0 || retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("lease " + lease + ", retention " + retention);
    }
  }

  /** With up to 500 items in each of up to four requests of a kind, and the default pauses. */
  public static ClaimConfig of(
      String owner, Duration lease, Duration retention, WhenUnavailable whenUnavailable) {
    return new ClaimConfig(
        owner, lease, retention, whenUnavailable, new BatcherLimits(500, 4), Pauses.DEFAULT);
  }
}
