package dev.tailrace.idempotency;

import dev.tailrace.runtime.Loop;

/** Makes the store of one consumer, on that consumer's event loop; connects nothing. */
@FunctionalInterface
public interface StoreFactory {
  /**
   * Makes a store.
   *
   * @param loop the consumer's loop
   * @param namespace prefix of all keys: the name of the group of instances and the pipeline
   */
  IdempotencyStore store(Loop loop, String namespace);
}
