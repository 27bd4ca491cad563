package dev.tailrace.idempotency;

/**
 * Told what a store remembers, and what it has lost; on the store's loop. Times are in microseconds
 * of the clock that fences are of.
 */
public interface StoreMemory {
  /**
   * It remembers since then: told when it is found out and, before a loss is, when it has changed.
   * A mark is gone where its fence is less. A claim's answer comes after what it shows of this.
   */
  default void remembers(long since) {}

  /**
   * What was written in between may be gone, and nothing that was written before: the server was
   * started again, or another has taken its place. Told by whoever comes first, and to everyone at
   * the start.
   *
   * @param from after which
   * @param to when the one that is there now began
   */
  default void forgot(long from, long to) {}

  /** Records were found to be lost. */
  default void lost(String inWords) {}
}
