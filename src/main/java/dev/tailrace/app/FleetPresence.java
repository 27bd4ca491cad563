package dev.tailrace.app;

import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a pool be seen in its fleet: every five seconds it says how it stands, and when its drain is
 * about to end it leaves. A registry that is away is waited for by nobody: neither the start nor
 * the stop of the pool depends on it. On a loop of its own.
 */
final class FleetPresence implements Resource, DrainWitness {
  /** How often it says how it stands. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** Who has missed three beats is gone. */
  static final Duration LENGTH = BEAT.multipliedBy(3);

  private static final Logger LOG = LoggerFactory.getLogger(FleetPresence.class);

  private final Tailrace pool;
  private final FleetRegistryFactory factory;
  private @Nullable ControlLoop control; // the pool's control loop only
  private @Nullable FleetRegistry registry; // loop of its own only
  private @Nullable Timer next; // loop of its own only
  private long finished; // loop of its own only: as it said last
  private boolean ending; // loop of its own only
  private boolean seen; // loop of its own only: the last beat arrived
  private boolean told; // loop of its own only: that none arrives

  FleetPresence(Tailrace pool, FleetRegistryFactory factory) {
    this.pool = pool;
    this.factory = factory;
  }

  @Override
  public String name() {
    return "fleet";
  }

  /** Completes at once; whether the registry is there will be seen. */
  @Override
  public Future<Void> start() {
    ControlLoop own = new ControlLoop(Vertx.currentContext().owner());
    control = own;
    return own.turn(
        loop -> {
          FleetRegistry made = factory.registry(loop, pool.identity().name());
          registry = made;
          made.open().onFailure(refused -> LOG.warn("fleet.registry: {}", refused.getMessage()));
          beat(loop, made);
          return Future.succeededFuture();
        });
  }

  private void beat(Loop loop, FleetRegistry open) {
    if (!ending) {
      next = loop.after(BEAT, () -> beat(loop, open));
      say(loop, open).onSuccess(this::heard);
    }
  }

  private Future<Reply<Boolean>> say(Loop loop, FleetRegistry open) {
    Promise<Reply<Boolean>> said = Promise.promise();
    pool.status()
        .onComplete(
            status ->
                loop.execute(
                    () ->
                        (status.succeeded()
                                ? keep(open, status.result())
                                : Future.<Reply<Boolean>>failedFuture(status.cause()))
                            .onComplete(said)));
    return said.future();
  }

  private Future<Reply<Boolean>> keep(FleetRegistry open, PoolStatus status) {
    FleetMember member = FleetMember.of(status, finished, BEAT.toSeconds());
    finished = member.finished();
    return ending
        ? Future.succeededFuture(Reply.ok(false))
        : open.keep(member.incarnation(), member.toJson().encode(), LENGTH);
  }

  /** Said once, until it arrives again. */
  private void heard(Reply<Boolean> reply) {
    seen = reply.isOk();
    if (seen == told) {
      told = !seen;
      LOG.warn(
          told
              ? "fleet.registry: this process is not seen in its fleet for now"
              : "fleet.registry: this process is seen in its fleet again");
    }
  }

  /** Says that it drains, which need not arrive. */
  @Override
  public Future<Void> begun(Trigger trigger) {
    ControlLoop own = control;
    if (own != null) {
      own.turn(
              loop -> {
                FleetRegistry open = registry;
                return open == null ? Future.succeededFuture() : say(loop, open).mapEmpty();
              })
          .onFailure(unsaid -> LOG.debug("fleet.registry: the drain was not said", unsaid));
    }
    return Future.succeededFuture();
  }

  /**
   * Leaves the fleet; fails where the registry does not answer, which then forgets it by itself.
   */
  @Override
  public Future<Void> ending(DrainReport soFar, Duration budget) {
    ControlLoop own = control;
    return own == null ? Future.succeededFuture() : own.turn(loop -> leave());
  }

  private Future<Void> leave() {
    FleetRegistry open = registry;
    ending = true;
    if (next != null) {
      next.cancel();
    }
    Future<Boolean> left =
        open == null || !seen
            ? Future.succeededFuture(false) // it is away, and nobody waits for it
            : open.leave(pool.identity().incarnation()).map(Reply::isOk);
    return left.compose(
        gone ->
            gone
                ? Future.succeededFuture()
                : Future.failedFuture(
                    new IOException("fleet.registry: away; it forgets this process by itself")));
  }

  @Override
  public Future<Void> stop(Duration deadline) {
    ControlLoop own = control;
    return own == null
        ? Future.succeededFuture()
        : own.<Void>turn(
                loop -> {
                  FleetRegistry open = registry;
                  return open == null ? Future.succeededFuture() : open.close();
                })
            .transform(closed -> own.end());
  }

  @Override
  public String toString() {
    return "fleet.registry";
  }
}
