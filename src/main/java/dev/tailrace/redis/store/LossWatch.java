package dev.tailrace.redis.store;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.store.StoreOperations.Sight;

/** Makes out of what is seen what a store has lost. Belongs to its loop. */
interface LossWatch {
  /** Told what is found out; replaces the listener before. */
  void onMemory(StoreMemory listener);

  /** What a look, a claim or a mark has found. */
  void saw(Sight sight);
}
