package dev.tailrace.idempotency;

/** Nobody was asked, as others wait for an answer already. */
final class StoreAwayException extends Exception {
  private static final long serialVersionUID = 1L;

  StoreAwayException() {
    super("the store does not answer");
  }
}
