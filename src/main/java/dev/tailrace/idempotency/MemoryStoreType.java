package dev.tailrace.idempotency;

import dev.tailrace.config.ConfigSection;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;

/** {@code idempotency: {store: memory}}: what this process has seen; grade A. */
public final class MemoryStoreType implements StoreType {
  @Override
  public String type() {
    return "memory";
  }

  @Override
  public StoreFactory read(ConfigSection root, ConfigSection idempotency) {
    return (loop, namespace) -> new MemoryStore(loop, MemoryLimits.DEFAULT);
  }
}
