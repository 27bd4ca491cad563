package dev.tailrace.message;

/** Why a handler was asked to stop early. */
public enum CancelReason {
  /** The pipeline's {@code timeout} has passed. */
  TIMEOUT,
  /** The message's partition is going to another consumer. */
  REVOKED,
  /** Another worker holds the claim on the message's idempotency key. */
  CLAIM_LOST,
  /** The drain has no more time, or was forced. */
  FORCED
}
