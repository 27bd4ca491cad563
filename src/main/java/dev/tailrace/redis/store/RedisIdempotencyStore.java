package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisConnector;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.redis.store.StoreOperations.Sight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims in Redis: one packed string per key, on one server or in a cluster. Grade B. Belongs to
 * its loop.
 *
 * <p>Where the server runs scripts for us, each list of operations is one, so that every answer is
 * decided on the server, by its clock, in one round trip. Where it forbids that, which is found out
 * by asking for one on each connection, it is decided here, in transactions that are pipelined no
 * further. Both read what the other has written.
 *
 * <p>A record that is not finished outlives its lease by far, so that attempts and suspicions are
 * still known when the message comes again; a finished one stays as long as its completion says.
 * The fence is at least the server's time in microseconds, so it grows even where the record of the
 * last claim is gone.
 */
public final class RedisIdempotencyStore implements IdempotencyStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisIdempotencyStore.class);

  private final Loop loop;
  private final RedisConfig config;
  private final String namespace;
  private final StoreServers servers;
  private final NearOperations near;
  private final StoreCanary canary;
  private StoreOperations operations; // event loop only: what the server lets us do

  /** Makes a store that asks the server for everything. */
  public RedisIdempotencyStore(Vertx vertx, Loop loop, RedisConfig config, String namespace) {
    this(vertx, loop, config, namespace, 0);
  }

  /**
   * Makes a store; connects nothing.
   *
   * @param namespace before all keys: they are {@code <namespace>:idempotency:<key>}
   * @param nearCache the most keys, of those that are done, that the server is not asked for; 0 for
   *     none
   */
  public RedisIdempotencyStore(
      Vertx vertx, Loop loop, RedisConfig config, String namespace, int nearCache) {
    this.loop = loop;
    this.config = config;
    this.namespace = namespace;
    StoreKeys keys = new StoreKeys(namespace);
    this.servers =
        config.servers().kind() == RedisServers.Kind.CLUSTER
            ? new ClusterServers(vertx, loop, config, keys, new Connections())
            : new SingleServer(vertx, loop, config, keys, new Connections());
    this.operations = servers.scripted();
    this.near = new NearOperations(loop, nearCache, () -> operations);
    this.canary = new StoreCanary(loop, servers.losses(), this::look);
    canary.onMemory(near.before(new StoreMemory() {}));
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
    canary.onMemory(near.before(listener));
  }

  /**
   * Completes when the server answers and is fit: a server that may evict records is refused, as is
   * one that allows neither scripts nor transactions; one without an append-only file is warned of.
   * Goes on trying while there is no answer.
   */
  @Override
  public Future<Void> open() {
    return servers.open().compose(fit -> chosen()).compose(chosen -> canary.start());
  }

  /** What the servers let us do; asked again until each has said. */
  private Future<Void> chosen() {
    return probe()
        .compose(
            reply -> {
              if (reply.isOk() || servers.isClosed()) {
                return Future.succeededFuture();
              }
              if (reply instanceof Reply.Failed<Sight> failed
                  && ServerError.isReply(failed.cause())
                  && !ServerError.isElsewhere(failed.cause())) {
                String why = config + " allows neither scripts nor transactions: ";
                return Future.failedFuture(
                    new UnfitException(why + failed.cause().getMessage(), failed.cause()));
              }
              Promise<Void> pause = Promise.promise();
              loop.after(RedisConnector.pause(1, loop.random()), pause::complete);
              return pause.future().compose(over -> chosen());
            });
  }

  /** Rights may change while a connection lasts. */
  private Future<Reply<Sight>> look() {
    return operations
        .look()
        .compose(reply -> isForbidden(reply) ? probe() : Future.succeededFuture(reply));
  }

  /** Takes scripts where they are allowed, else transactions where those are. */
  private Future<Reply<Sight>> probe() {
    return servers
        .scripted()
        .look()
        .compose(
            reply -> {
              if (!isForbidden(reply)) {
                take(reply.isOk() ? servers.scripted() : operations, null);
                return Future.succeededFuture(reply);
              }
              return servers
                  .watched()
                  .look()
                  .onSuccess(
                      other -> take(other.isOk() ? servers.watched() : operations, reply.cause()));
            });
  }

  private static boolean isForbidden(Reply<Sight> reply) {
    return reply instanceof Reply.Failed<Sight> failed && ServerError.isForbidden(failed.cause());
  }

  private void take(StoreOperations now, @Nullable Throwable refusal) {
    if (now != operations) {
      operations = now;
      if (now == servers.watched()) {
        LOG.warn(
            "{} runs no scripts for us ({}): claims are made in transactions, one at a time",
            config,
            refusal == null ? "" : refusal.getMessage());
      } else {
        LOG.info("{} runs scripts for us", config);
      }
    }
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = servers.status();
    return Optional.of(
        new Connection(
            "redis idempotency " + namespace, status.connected(), status.since(), status.error()));
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    return requests.isEmpty()
        ? none()
        : near.claim(requests)
            .map(
                claims -> { // what was lost is told before what was won
                  canary.saw(claims.sight());
                  return claims.answers();
                });
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return completions.isEmpty()
        ? none()
        : near.complete(completions)
            .map(
                marks -> {
                  canary.saw(marks.sight());
                  return marks.replies();
                });
  }

  @Override
  public boolean carriesOut() {
    return true;
  }

  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    return completions.isEmpty() ? none() : near.carryOut(completions);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return fences.isEmpty() ? none() : near.renew(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return fences.isEmpty() ? none() : near.markAlone(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return releases.isEmpty() ? none() : near.release(releases);
  }

  private static <R> Future<List<Reply<R>>> none() {
    return Future.succeededFuture(List.of());
  }

  @Override
  public Future<Void> close() {
    canary.stop();
    near.forget();
    return servers.close();
  }

  /** Another server, or the same one with other rights, may allow something else. */
  private final class Connections implements Link.Events {
    @Override
    public void up() {
      Future<?> unused = probe();
    }

    /** Who answers next may have lost what was done. */
    @Override
    public void down(String why) {
      near.forget();
    }
  }
}
