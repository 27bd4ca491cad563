package dev.tailrace.app;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a pool be seen in its fleet, and obey its orders: every second it looks for orders, every
 * five it says how it stands, each second for a while when its state has changed, and when its
 * drain is about to end it leaves with a last word. A registry that is away is waited for by
 * nobody: neither the start nor the stop of the pool depends on it. On a loop of its own.
 */
final class FleetPresence implements Resource, DrainWitness {
  /** How often it looks for orders. */
  static final Duration LOOK = Duration.ofSeconds(1);

  /** How often it says how it stands. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** Who has missed three beats is gone. */
  static final Duration LENGTH = BEAT.multipliedBy(3);

  /** The most that leaving takes of a drain. */
  private static final Duration LEAVING = Duration.ofSeconds(2);

  /** How long a last word is kept. */
  static final Duration MEMORY = Duration.ofHours(1);

  /** After a change of state it is assigned something, and catches up. */
  private static final int QUICK_BEATS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(FleetPresence.class);

  private final Tailrace pool;
  private final FleetRegistryFactory factory;
  private final List<String> obeyed;
  private final FleetObedience obedience;
  private @Nullable ControlLoop control; // the pool's control loop only
  private @Nullable FleetRegistry registry; // loop of its own only
  private @Nullable Timer next; // loop of its own only
  private @Nullable State state; // loop of its own only: as it said last
  private int quick; // loop of its own only: beats that come each second
  private long finished; // loop of its own only: as it said last
  private long saidNanos; // loop of its own only: when it said so
  private boolean ending; // loop of its own only
  private boolean seen; // loop of its own only: the last beat arrived
  private boolean told; // loop of its own only: that none arrives

  /**
   * Of one pool.
   *
   * @param obeys whether it does what it is ordered to
   */
  FleetPresence(Tailrace pool, FleetRegistryFactory factory, boolean obeys) {
    this.pool = pool;
    this.factory = factory;
    this.obeyed =
        obeys
            ? Arrays.stream(FleetOrder.Verb.values()).map(FleetOrder.Verb::label).toList()
            : List.of();
    this.obedience = new FleetObedience(pool.identity().incarnation(), new Steering());
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
          saidNanos = loop.nanos() - BEAT.toNanos();
          made.open().onFailure(refused -> LOG.warn("fleet.registry: {}", refused.getMessage()));
          look(loop, made);
          return Future.succeededFuture();
        });
  }

  private void look(Loop loop, FleetRegistry open) {
    if (ending) {
      return;
    }
    next = loop.after(LOOK, () -> look(loop, open));
    if (!obeyed.isEmpty() && seen) {
      open.orders().take(pool.identity().incarnation()).onSuccess(reply -> obey(open, reply));
    }
    State now = pool.state();
    quick = now == state ? Math.max(0, quick - 1) : QUICK_BEATS;
    if (quick > 0 || loop.nanos() - saidNanos >= BEAT.toNanos()) {
      say(loop, open).onSuccess(this::heard);
    }
  }

  private void obey(FleetRegistry open, Reply<List<FleetOrders.Waiting>> reply) {
    if (reply instanceof Reply.Ok<List<FleetOrders.Waiting>> ok) {
      for (FleetOrders.Waiting waiting : ok.value()) {
        open.orders().done(pool.identity().incarnation(), waiting.text());
        obedience.heard(waiting);
      }
    }
  }

  private Future<Reply<Boolean>> say(Loop loop, FleetRegistry open) {
    Promise<Reply<Boolean>> said = Promise.promise();
    Duration since = Duration.ofNanos(loop.nanos() - saidNanos);
    saidNanos = loop.nanos();
    pool.status()
        .onComplete(
            status ->
                loop.execute(
                    () ->
                        (status.succeeded()
                                ? keep(open, status.result(), since)
                                : Future.<Reply<Boolean>>failedFuture(status.cause()))
                            .onComplete(said)));
    return said.future();
  }

  private Future<Reply<Boolean>> keep(FleetRegistry open, PoolStatus status, Duration since) {
    FleetMember member = FleetMember.of(status, finished, since, obeyed);
    finished = member.finished();
    state = status.state();
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
    return own == null ? Future.succeededFuture() : own.turn(loop -> leave(loop, soFar));
  }

  private Future<Void> leave(Loop loop, DrainReport soFar) {
    FleetRegistry open = registry;
    ending = true;
    if (next != null) {
      next.cancel();
    }
    Promise<Void> left = Promise.promise();
    if (open == null || !seen) {
      away(left); // and nobody waits for it
    } else {
      TimeLimit.await(
          loop,
          () -> open.leave(pool.identity().incarnation(), lastWords(soFar), MEMORY),
          LEAVING,
          new TimeLimit.Ends<>(
              reply -> {
                if (reply.succeeded() && reply.result().isOk()) {
                  left.complete();
                } else {
                  away(left);
                }
              },
              () -> away(left),
              late -> {}));
    }
    return left.future();
  }

  private static void away(Promise<Void> left) {
    left.fail(new IOException("fleet.registry: away; it forgets this process by itself"));
  }

  /** How the drain went, as far as it is known: only servers and Vert.x are still there. */
  private static String lastWords(DrainReport soFar) {
    return new JsonObject()
        .put("schema", FleetMember.SCHEMA)
        .put("result", soFar.result().label())
        .put("exitCode", soFar.exitCode())
        .put("trigger", soFar.trigger().kind().label())
        .put("abandoned", soFar.messages().abandoned())
        .encode();
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

  /** The pool, as orders move it. */
  private final class Steering implements FleetObedience.Steered {
    @Override
    public Future<?> drain(Trigger trigger) {
      return pool.drain(trigger);
    }

    @Override
    public Future<?> pause(String reason) {
      return pool.pause(reason);
    }

    @Override
    public Future<?> resume(String reason) {
      return pool.resume(reason);
    }
  }
}
