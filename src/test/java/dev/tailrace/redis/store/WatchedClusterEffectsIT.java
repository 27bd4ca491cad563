package dev.tailrace.redis.store;

/** Effects in a cluster that runs no scripts for us. */
class WatchedClusterEffectsIT extends ClusterEffectsIT {
  @Override
  String rights() {
    return RedisStoreRightsIT.TRANSACTIONS;
  }
}
