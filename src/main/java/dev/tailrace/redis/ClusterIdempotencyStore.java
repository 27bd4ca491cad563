package dev.tailrace.redis;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.StoreOperations.Claims;
import dev.tailrace.redis.StoreOperations.Marks;
import dev.tailrace.redis.StoreOperations.Sight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/**
 * Claims in a Redis Cluster: the records of {@link RedisIdempotencyStore}, under the same keys,
 * each on the server that has its slot. Grade B. Belongs to its loop.
 *
 * <p>It answers as long as every slot has a server that does: while one has none, what concerns its
 * records is unknown and asked again, and the rest is answered. The fence is at least the time of
 * the server that has the key, so servers' clocks must be in step where it is to grow beyond the
 * end of a record.
 */
public final class ClusterIdempotencyStore implements IdempotencyStore {
  private final Loop loop;
  private final ClusterLinks links;
  private final RedisConfig config;
  private final String namespace;
  private final ClusterCanaries canaries;
  private final NearOperations operations;

  /**
   * Makes a store; connects nothing.
   *
   * @param config of a cluster
   * @param namespace before all keys: they are {@code <namespace>:idempotency:<key>}
   * @param nearCache the most keys, of those that are done, that no server is asked for; 0 for none
   */
  public ClusterIdempotencyStore(
      Vertx vertx, Loop loop, RedisConfig config, String namespace, int nearCache) {
    this.loop = loop;
    this.links = new ClusterLinks(vertx, loop, config, this::otherServers);
    this.config = config;
    this.namespace = namespace;
    StoreKeys keys = new StoreKeys(namespace);
    this.canaries = new ClusterCanaries(loop, links, keys);
    ClusterOperations servers = new ClusterOperations(links, canaries, keys);
    this.operations = new NearOperations(loop, nearCache, () -> servers);
    canaries.onMemory(operations.before(new StoreMemory() {}));
  }

  /** Who answers next may have lost what was done. */
  private void otherServers() {
    operations.forget();
  }

  @Override
  public Grade grade() {
    return Grade.B;
  }

  @Override
  public String label() {
    return "redis";
  }

  @Override
  public void onMemory(StoreMemory listener) {
    canaries.onMemory(operations.before(listener));
  }

  /**
   * Completes when every slot has a server that answers, and each of those is fit: one that may
   * evict records is refused, as is one that lets us run no scripts; one without an append-only
   * file is warned of. Goes on trying while there is no answer.
   */
  @Override
  public Future<Void> open() {
    return links
        .open()
        .compose(connected -> Future.all(links.links().stream().map(this::check).toList()))
        .compose(fit -> looked())
        .onSuccess(looked -> canaries.start());
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

  /** What the store remembers is known before the first claim; asked again until it is. */
  private Future<Void> looked() {
    return operations
        .look()
        .compose(
            reply -> {
              if (reply.isOk() || links.isClosed()) {
                return Future.succeededFuture();
              }
              if (reply instanceof Reply.Failed<Sight> failed
                  && ServerError.isForbidden(failed.cause())) {
                String why =
                    config + " allows no scripts, without which a cluster is not yet used: ";
                return Future.failedFuture(
                    new UnfitException(why + failed.cause().getMessage(), failed.cause()));
              }
              return pause().compose(again -> looked());
            });
  }

  private Future<Void> pause() {
    Promise<Void> over = Promise.promise();
    loop.after(RedisConnector.pause(1, loop.random()), over::complete);
    return over.future();
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = links.status();
    return Optional.of(
        new Connection(
            "redis idempotency " + namespace, status.connected(), status.since(), status.error()));
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    return operations.claim(requests).map(Claims::answers);
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return operations.complete(completions).map(Marks::replies);
  }

  @Override
  public boolean carriesOut() {
    return true;
  }

  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    return operations.carryOut(completions);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return operations.renew(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return operations.markAlone(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return operations.release(releases);
  }

  @Override
  public Future<Void> close() {
    canaries.stop();
    operations.forget();
    return links.close();
  }
}
