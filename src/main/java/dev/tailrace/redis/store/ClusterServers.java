package dev.tailrace.redis.store;

import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * The servers of a cluster, each with the records whose slots it has. It counts as answering as
 * long as every slot has a server that does: while one has none, what concerns its records is
 * unknown and asked again, and the rest is answered.
 */
final class ClusterServers implements StoreServers {
  private final ClusterLinks links;
  private final ClusterCanaries canaries;
  private final StoreOperations scripted;
  private final StoreOperations watched;

  /**
   * Connects nothing.
   *
   * @param events told of the connections
   */
  ClusterServers(Vertx vertx, Loop loop, RedisConfig config, StoreKeys keys, Link.Events events) {
    this.links = new ClusterLinks(vertx, loop, config, events);
    this.canaries = new ClusterCanaries(links, keys);
    this.scripted = new ScriptedClusterOperations(links, canaries, keys);
    this.watched =
        new WatchedClusterOperations(links, canaries, keys, new ClusterTransactions(loop, links));
  }

  @Override
  public Future<Void> open() {
    return links
        .open()
        .compose(connected -> Future.all(links.links().stream().map(this::check).toList()))
        .mapEmpty();
  }

  /** One that has left the cluster meanwhile is no matter. */
  private Future<Void> check(RedisLink link) {
    return ServerInfo.of(link)
        .compose(info -> StoreFitness.check(link.config(), info))
        .recover(
            cause ->
                cause instanceof UnfitException || links.isClosed()
                    ? Future.failedFuture(cause)
                    : Future.succeededFuture());
  }

  @Override
  public LinkStatus status() {
    return links.status();
  }

  @Override
  public boolean isClosed() {
    return links.isClosed();
  }

  @Override
  public StoreOperations scripted() {
    return scripted;
  }

  @Override
  public StoreOperations watched() {
    return watched;
  }

  @Override
  public LossWatch losses() {
    return canaries;
  }

  @Override
  public Future<Void> close() {
    return links.close();
  }
}
