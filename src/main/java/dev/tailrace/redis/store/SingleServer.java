package dev.tailrace.redis.store;

import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The one server, or the one that sentinels name, with all records of a store. */
final class SingleServer implements StoreServers {
  private final RedisLink link;
  private final StoreOperations scripted;
  private final StoreOperations watched;
  private final LossWatch losses;

  /**
   * Connects nothing.
   *
   * @param events told of the connection
   */
  SingleServer(Vertx vertx, Loop loop, RedisConfig config, StoreKeys keys, Link.Events events) {
    this.link = new RedisLink(vertx, loop, config, events);
    this.scripted = new ScriptedOperations(link, keys);
    this.watched = new WatchedOperations(new LinkTransactions(link, loop), keys, keys.canary());
    this.losses = new LossDetector(keys.canary());
  }

  @Override
  public Future<Void> open() {
    return link.open()
        .compose(connected -> ServerInfo.of(link))
        .compose(info -> StoreFitness.check(link.config(), info));
  }

  @Override
  public LinkStatus status() {
    return link.status();
  }

  @Override
  public boolean isClosed() {
    return link.isClosed();
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
    return losses;
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }
}
