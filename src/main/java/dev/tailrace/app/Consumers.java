package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All consumers of a pool, each a verticle of its own: flat, so that Vert.x stops none before
 * another. Deployed, undeployed and drained on the pool's control loop; asked from anywhere.
 */
final class Consumers {
  private final Vertx vertx;
  private final List<ConsumerVerticle> verticles = new ArrayList<>(); // filled once
  private final Map<ConsumerVerticle, Future<String>> deployed =
      new LinkedHashMap<>(); // control loop only

  /**
   * How one consumer stands.
   *
   * @param seat which one
   * @param status as of a turn of its loop
   */
  record Standing(Seat seat, ConsumerStatus status) {}

  Consumers(
      Vertx vertx,
      Collection<Pipeline> pipelines,
      PoolIdentity identity,
      DrainConfig drain,
      PoolEvents events) {
    this.vertx = vertx;
    for (Pipeline pipeline : pipelines) {
      PoolEvents readers = new PoolEventsFanOut(List.of(events, pipeline.events()));
      int consumers = pipeline.source().consumers();
      for (int index = 0; index < consumers; index++) {
        Seat seat = new Seat(pipeline, index, consumers, identity, readers);
        verticles.add(new ConsumerVerticle(seat, drain, false));
      }
    }
  }

  /** Deploys all; completes when all consume, fails with the first that cannot. */
  Future<Void> deploy() {
    for (ConsumerVerticle verticle : verticles) {
      deployed.put(verticle, vertx.deployVerticle(verticle));
    }
    return Future.all(List.copyOf(deployed.values())).mapEmpty();
  }

  /** Undeploys what was deployed and has not gone by itself; never fails. */
  Future<Void> undeploy() {
    List<Future<Void>> gone =
        deployed.values().stream()
            .filter(Future::succeeded)
            .map(id -> vertx.undeploy(id.result()))
            .toList();
    return Future.join(gone).transform(any -> Future.succeededFuture());
  }

  /** The drains of those that were deployed; from now on undeploying one joins the pool's drain. */
  List<ConsumerDrain> drains() {
    List<ConsumerDrain> drains = new ArrayList<>();
    for (ConsumerVerticle verticle : deployed.keySet()) {
      verticle.drain().take();
      drains.add(verticle.drain());
    }
    return drains;
  }

  /** Those that do not consume yet, for people. */
  List<String> unopened() {
    return verticles.stream()
        .filter(verticle -> !verticle.opened())
        .map(verticle -> verticle.seat().name())
        .toList();
  }

  /** Holds back the intake of those chosen; completes when what they had has ended. */
  Future<Void> pause(Predicate<Seat> chosen, String who, String reason) {
    return each(chosen, consumer -> consumer.pause(who, reason));
  }

  /** Takes that back. */
  Future<Void> resume(Predicate<Seat> chosen, String who) {
    return each(
        chosen,
        consumer -> {
          consumer.resume(who);
          return Future.succeededFuture();
        });
  }

  private Future<Void> each(Predicate<Seat> chosen, Function<Consumer, Future<Void>> order) {
    List<Future<Void>> done = new ArrayList<>();
    for (ConsumerVerticle verticle : verticles) {
      if (chosen.test(verticle.seat())) {
        done.add(
            verticle.consumer().compose(consumer -> consumer.onLoop(() -> order.apply(consumer))));
      }
    }
    return Future.join(done).mapEmpty();
  }

  /** The counts by pipeline; of consumers that have closed, the last ones. */
  Future<Map<String, MessageCounts>> counts() {
    Map<String, MessageCounts> sums = new LinkedHashMap<>();
    List<Future<MessageCounts>> taken = new ArrayList<>();
    for (ConsumerVerticle verticle : verticles) {
      taken.add(counts(verticle));
    }
    return Future.join(taken)
        .map(
            joined -> {
              for (int i = 0; i < taken.size(); i++) {
                String pipeline = verticles.get(i).seat().pipeline().name();
                sums.merge(pipeline, taken.get(i).result(), MessageCounts::plus);
              }
              return sums;
            });
  }

  private static Future<MessageCounts> counts(ConsumerVerticle verticle) {
    if (!verticle.consumer().succeeded()) {
      return Future.succeededFuture(MessageCounts.NONE);
    }
    Consumer consumer = verticle.consumer().result();
    return verticle.drain().closed().isComplete()
        ? Future.succeededFuture(consumer.published())
        : consumer.onLoop(() -> Future.succeededFuture(consumer.counts()));
  }

  /** How those stand that have started and not closed. */
  Future<List<Standing>> standings() {
    List<Future<Standing>> asked = new ArrayList<>();
    for (ConsumerVerticle verticle : verticles) {
      Future<Consumer> made = verticle.consumer();
      if (made.succeeded() && !verticle.drain().closed().isComplete()) {
        Consumer consumer = made.result();
        asked.add(
            consumer.onLoop(
                () -> Future.succeededFuture(new Standing(verticle.seat(), consumer.status()))));
      }
    }
    return Future.join(asked).map(joined -> asked.stream().map(Future::result).toList());
  }

  /** Whether a handler was stuck when that was last looked at; has it looked at again. */
  boolean stuck() {
    boolean stuck = false;
    for (ConsumerVerticle verticle : verticles) {
      if (verticle.consumer().succeeded()) {
        stuck |= verticle.consumer().result().wasStuck();
      }
    }
    return stuck;
  }

  /** The longest time-out of one handler call. */
  Duration longestTimeout() {
    return verticles.stream()
        .map(verticle -> verticle.seat().pipeline().timeout())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
