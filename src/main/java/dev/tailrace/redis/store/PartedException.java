package dev.tailrace.redis.store;

/**
 * What a transaction read was here, and a key that it was to write is on the server that its slot
 * moves to: not carried out, neither here nor there, until all are on one.
 */
final class PartedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Made of the server's refusal. */
  PartedException(Throwable refusal) {
    super(refusal);
  }
}
