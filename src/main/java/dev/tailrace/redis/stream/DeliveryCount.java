package dev.tailrace.redis.stream;

/**
 * How often an entry was delivered, and how often it was started alone, as its group keeps both in
 * one number beside it: the server adds one with each delivery, we add {@link #ALONE} before each
 * start alone. So what is known of an entry passes on with it, and ends with it. Immutable.
 *
 * <p>A delivery that ended in order does not stay counted: the entry was acknowledged, or given
 * back. So each delivery before this one is one that ended with its process, or was taken away from
 * one that stood still.
 *
 * @param deliveries this one included, at least 1
 * @param alone starts alone that did not end in order
 */
record DeliveryCount(int deliveries, int alone) {
  /** More deliveries than this are counted as so many. */
  private static final int ALONE = 1_000;

  /** So many deliveries that did not end in order may be more than chance. */
  private static final int SUSPICIONS = 2;

  /** The number that the server has. */
  static DeliveryCount of(int number) {
    int counted = Math.max(1, number);
    return new DeliveryCount(Math.max(1, counted % ALONE), counted / ALONE);
  }

  /** The number that the server has. */
  int number() {
    return ALONE * alone + Math.min(deliveries, ALONE - 1);
  }

  /** Whether two processes left it behind, so that it may have ended them. */
  boolean isLeftBehind() {
    return deliveries > SUSPICIONS;
  }

  /** With one more start alone. */
  DeliveryCount started() {
    return new DeliveryCount(deliveries, alone + 1);
  }

  /** As if this delivery had not been. */
  DeliveryCount givenBack() {
    return new DeliveryCount(deliveries - 1, alone);
  }
}
