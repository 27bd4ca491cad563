package dev.tailrace.redis.store;

import dev.tailrace.redis.link.LinkStatus;
import io.vertx.core.Future;

/** The server that has a store's records, or all of a cluster. Belongs to the store's loop. */
interface StoreServers {
  /**
   * Completes when all of them answer and each is fit; goes on trying until then. Fails with an
   * unfit exception where one is not, or refuses us.
   */
  Future<Void> open();

  /** How the connections stand, all taken together. */
  LinkStatus status();

  boolean isClosed();

  /** What is done by scripts. */
  StoreOperations scripted();

  /** What is done by transactions. */
  StoreOperations watched();

  /** Knows what they have lost. */
  LossWatch losses();

  /** Closes all connections; what is under way becomes unknown. Twice is fine. */
  Future<Void> close();
}
