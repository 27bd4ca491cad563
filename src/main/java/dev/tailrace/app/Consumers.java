package dev.tailrace.app;

import dev.tailrace.dispatch.Solitude;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All consumers of a pool, each a verticle of its own: flat, so that Vert.x stops none before
 * another. Deployed, undeployed and drained on the pool's control loop; asked from anywhere.
 */
final class Consumers {
  /** How long the loop of a consumer may take to say how it stands. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final List<ConsumerVerticle> verticles = new ArrayList<>(); // filled once
  private final Map<ConsumerVerticle, Future<String>> deployed =
      new LinkedHashMap<>(); // control loop only

  /**
   * How one consumer stands.
   *
   * @param seat which one
   * @param counts its messages
   * @param status as of a turn of its loop, which the counts are of too; null where there is none
   * @param silent whether its loop did not answer
   */
  record Standing(
      Seat seat, MessageCounts counts, @Nullable ConsumerStatus status, boolean silent) {}

  /** Not deployed yet; each reports to the readers, which are those of the settings or more. */
  Consumers(Vertx vertx, PoolSettings settings, List<PoolEvents> readers) {
    this.vertx = vertx;
    Solitude solitude = new Solitude();
    for (Pipeline pipeline : settings.pipelines().values()) {
      // One fan-out, not one behind another: every message passes it several times.
      List<PoolEvents> all = new ArrayList<>(readers);
      all.addAll(pipeline.readers());
      PoolEvents events = new PoolEventsFanOut(all);
      int consumers = pipeline.source().consumers();
      for (int index = 0; index < consumers; index++) {
        Seat seat =
            new Seat(
                pipeline,
                index,
                consumers,
                settings.identity(),
                events,
                settings.clientMeters(),
                solitude);
        verticles.add(new ConsumerVerticle(seat, settings.drain(), false));
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

  /**
   * How all stand: each as of a turn of its loop, or, where that loop does not answer within a
   * second or has nothing to say any more, with the counts it published last.
   *
   * @param asking the loop whose turn this is
   */
  Future<List<Standing>> standings(Loop asking) {
    List<Future<Standing>> asked = verticles.stream().map(one -> standing(one, asking)).toList();
    return Future.join(asked).map(joined -> asked.stream().map(Future::result).toList());
  }

  private static Future<Standing> standing(ConsumerVerticle verticle, Loop asking) {
    Seat seat = verticle.seat();
    Future<Consumer> made = verticle.consumer();
    if (!made.succeeded()) {
      return Future.succeededFuture(new Standing(seat, MessageCounts.NONE, null, false));
    }
    Consumer consumer = made.result();
    if (verticle.drain().closed().isComplete()) {
      return Future.succeededFuture(new Standing(seat, consumer.published(), null, false));
    }
    Promise<Standing> answer = Promise.promise();
    TimeLimit.await(
        asking,
        () -> consumer.onLoop(() -> Future.succeededFuture(consumer.status())),
        PATIENCE,
        new TimeLimit.Ends<>(
            status -> answer.handle(status.map(it -> new Standing(seat, it.counts(), it, false))),
            () -> answer.complete(new Standing(seat, consumer.published(), null, true)),
            late -> {}));
    return answer.future();
  }

  /** The counts by pipeline in those standings. */
  static Map<String, MessageCounts> counts(List<Standing> standings) {
    Map<String, MessageCounts> sums = new LinkedHashMap<>();
    for (Standing one : standings) {
      sums.merge(one.seat().pipeline().name(), one.counts(), MessageCounts::plus);
    }
    return sums;
  }

  /** The counts that each consumer published last; safe when no loop runs any more. */
  Map<String, MessageCounts> published() {
    List<Standing> last = new ArrayList<>();
    for (ConsumerVerticle verticle : verticles) {
      Future<Consumer> made = verticle.consumer();
      MessageCounts counts = made.succeeded() ? made.result().published() : MessageCounts.NONE;
      last.add(new Standing(verticle.seat(), counts, null, false));
    }
    return counts(last);
  }

  /** Whether a handler is stuck or blocks its loop, as of the call before. */
  boolean stuck() {
    boolean stuck = false;
    for (ConsumerVerticle verticle : verticles) {
      if (verticle.consumer().succeeded()) {
        stuck |= verticle.consumer().result().isStuck();
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
