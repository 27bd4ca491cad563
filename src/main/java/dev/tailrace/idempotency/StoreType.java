package dev.tailrace.idempotency;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;

/** A kind of store as the configuration knows it: {@code idempotency: {store: redis}}. */
public interface StoreType {
  /** Its name under {@code idempotency.store}. */
  String type();

  /**
   * Makes the factory.
   *
   * @param root the whole configuration, for shared settings such as {@code redis:}
   * @param idempotency the pipeline's section {@code idempotency}
   * @throws ConfigException for what the schema cannot say
   */
  StoreFactory read(ConfigSection root, ConfigSection idempotency) throws ConfigException;
}
