package dev.tailrace.app;

import dev.tailrace.dispatch.Solitude;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final PoolSettings settings;
  private final List<PoolEvents> readers;
  private final SharedResources shared;
  private final Solitude solitude = new Solitude();
  private final Map<ConsumerVerticle, Future<String>> deployed =
      new LinkedHashMap<>(); // control loop only
  private final List<Pause> pauses = new ArrayList<>(); // control loop only, one per who and what
  private DrainConfig drain; // control loop only
  private volatile Roster roster; // written on the control loop

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

  /**
   * Who is there; immutable, so that one reading sees each message in one place.
   *
   * @param pipelines by name, in their order
   * @param verticles their consumers
   * @param gone what consumers have counted that are gone, one for each pipeline
   */
  private record Roster(
      Map<String, Pipeline> pipelines, List<ConsumerVerticle> verticles, List<Standing> gone) {
    Roster {
      pipelines = Collections.unmodifiableMap(new LinkedHashMap<>(pipelines));
      verticles = List.copyOf(verticles);
      gone = List.copyOf(gone);
    }

    /** With one more pipeline, or another of the same name in its place. */
    Roster with(Pipeline pipeline, List<ConsumerVerticle> its) {
      Map<String, Pipeline> more = new LinkedHashMap<>(pipelines);
      more.put(pipeline.name(), pipeline);
      List<ConsumerVerticle> all = new ArrayList<>(verticles);
      all.addAll(its);
      return new Roster(more, all, gone);
    }

    /** Without these, which have counted so much. */
    Roster without(String pipeline, List<ConsumerVerticle> its, List<Standing> last) {
      Map<String, Pipeline> less = new LinkedHashMap<>(pipelines);
      less.remove(pipeline);
      List<ConsumerVerticle> others = new ArrayList<>(verticles);
      others.removeAll(its);
      List<Standing> before = new ArrayList<>(gone);
      for (Standing one : last) {
        MessageCounts counts = one.counts();
        for (Standing earlier : gone) {
          if (earlier.seat().pipeline().name().equals(pipeline)) {
            counts = counts.plus(earlier.counts());
          }
        }
        MessageCounts sum = counts;
        before.removeIf(earlier -> earlier.seat().pipeline().name().equals(pipeline));
        before.add(new Standing(one.seat(), sum, null, false));
      }
      return new Roster(less, others, before);
    }
  }

  /** Who holds the intake back of what, and why; of the whole pool where the pipeline is null. */
  private record Pause(@Nullable String pipeline, String who, String reason) {
    boolean covers(String name) {
      return pipeline == null || pipeline.equals(name);
    }
  }

  /** Not deployed yet; each reports to the readers, which are those of the settings or more. */
  Consumers(Vertx vertx, PoolSettings settings, List<PoolEvents> readers, SharedResources shared) {
    this.shared = shared;
    this.vertx = vertx;
    this.settings = settings;
    this.readers = List.copyOf(readers);
    this.drain = settings.drain();
    Roster all = new Roster(Map.of(), List.of(), List.of());
    for (Pipeline pipeline : settings.pipelines().values()) {
      all = all.with(pipeline, made(pipeline, false));
    }
    this.roster = all;
  }

  private List<ConsumerVerticle> made(Pipeline pipeline, boolean replaces) {
    // One fan-out, not one behind another: every message passes it several times.
    List<PoolEvents> all = new ArrayList<>(readers);
    all.addAll(pipeline.readers());
    PoolEvents events = new PoolEventsFanOut(all);
    Map<String, String> held = new LinkedHashMap<>();
    pauses.stream()
        .filter(pause -> pause.covers(pipeline.name()))
        .forEach(pause -> held.put(pause.who(), pause.reason()));
    int consumers = pipeline.source().consumers();
    List<ConsumerVerticle> made = new ArrayList<>();
    for (int index = 0; index < consumers; index++) {
      Seat seat =
          new Seat(
              pipeline,
              index,
              consumers,
              settings.identity(),
              events,
              settings.clientMeters(),
              solitude,
              replaces);
      made.add(new ConsumerVerticle(seat, drain, held, shared));
    }
    return made;
  }

  /** The pipelines of now, by name; safe on any thread. */
  Map<String, Pipeline> pipelines() {
    return roster.pipelines();
  }

  /** How consumers that are deployed from now on drain when they go alone. */
  void drainBy(DrainConfig config) {
    drain = config;
  }

  /** Deploys the consumers of a pipeline; completes when all consume. */
  Future<Void> deploy(Pipeline pipeline) {
    boolean replaces =
        roster.gone().stream()
            .anyMatch(gone -> gone.seat().pipeline().name().equals(pipeline.name()));
    List<ConsumerVerticle> its = made(pipeline, replaces);
    roster = roster.with(pipeline, its);
    return deploy(its);
  }

  /**
   * Has the consumers of a pipeline go by other limits while their work goes on; completes when all
   * do.
   */
  Future<Void> limit(Pipeline pipeline) {
    roster = roster.with(pipeline, List.of());
    return LiveLimits.change(pipeline.limits(), verticlesOf(pipeline.name()));
  }

  private List<ConsumerVerticle> verticlesOf(String pipeline) {
    return roster.verticles().stream()
        .filter(verticle -> verticle.seat().pipeline().name().equals(pipeline))
        .toList();
  }

  /** Drains the consumers of a pipeline, and completes when they are gone; never fails. */
  Future<Void> retire(String pipeline) {
    List<ConsumerVerticle> its = verticlesOf(pipeline);
    List<Future<Void>> going = new ArrayList<>();
    for (ConsumerVerticle verticle : its) {
      Future<String> id = deployed.get(verticle);
      going.add(id == null ? Future.succeededFuture() : gone(verticle, id));
    }
    return Future.join(going)
        .transform(
            any -> {
              for (ConsumerVerticle verticle : its) {
                deployed.remove(verticle);
                roster = roster.without(pipeline, List.of(verticle), List.of(last(verticle)));
              }
              return Future.succeededFuture();
            });
  }

  /** One that does not consume yet is drained first: its deployment ends by that. */
  private Future<Void> gone(ConsumerVerticle verticle, Future<String> id) {
    Future<?> stopped = id.isComplete() ? Future.succeededFuture() : verticle.stop();
    return stopped
        .transform(any -> id)
        .transform(
            known -> known.succeeded() ? vertx.undeploy(known.result()) : Future.succeededFuture());
  }

  /** Deploys all; completes when all consume, fails with the first that cannot. */
  Future<Void> deploy() {
    return deploy(roster.verticles());
  }

  private Future<Void> deploy(List<ConsumerVerticle> some) {
    some.forEach(verticle -> deployed.put(verticle, vertx.deployVerticle(verticle)));
    return Future.all(some.stream().map(deployed::get).toList()).mapEmpty();
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
    return roster.verticles().stream()
        .filter(verticle -> !verticle.opened())
        .map(verticle -> verticle.seat().name())
        .toList();
  }

  /**
   * Holds back the intake of a pipeline, or of all where that is null, and of what is deployed for
   * it later; completes when what they had has ended.
   */
  Future<Void> pause(@Nullable String pipeline, String who, String reason) {
    Pause pause = new Pause(pipeline, who, reason);
    pauses.removeIf(
        earlier -> earlier.who().equals(who) && Objects.equals(earlier.pipeline(), pipeline));
    pauses.add(pause);
    return each(
        seat -> pause.covers(seat.pipeline().name()), consumer -> consumer.pause(who, reason));
  }

  /** Takes that back. */
  Future<Void> resume(@Nullable String pipeline, String who) {
    Pause over = new Pause(pipeline, who, "");
    pauses.removeIf(
        earlier -> earlier.who().equals(who) && Objects.equals(earlier.pipeline(), pipeline));
    return each(
        seat -> over.covers(seat.pipeline().name()),
        consumer -> {
          consumer.resume(who);
          return Future.succeededFuture();
        });
  }

  private Future<Void> each(Predicate<Seat> chosen, Function<Consumer, Future<Void>> order) {
    List<Future<Void>> done = new ArrayList<>();
    for (ConsumerVerticle verticle : roster.verticles()) {
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
    Roster now = roster;
    List<Future<Standing>> asked =
        now.verticles().stream().map(one -> standing(one, asking)).toList();
    return Future.join(asked)
        .map(
            joined -> {
              List<Standing> all = new ArrayList<>(asked.stream().map(Future::result).toList());
              all.addAll(now.gone());
              return all;
            });
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

  /**
   * Whether every pipeline is read to its end, and has come there; false where a consumer cannot
   * say. Never fails.
   *
   * @param asking the loop whose turn this is
   */
  Future<Boolean> atEnd(Loop asking) {
    Roster now = roster;
    boolean toTheEnd =
        !now.pipelines().isEmpty()
            && now.pipelines().values().stream().allMatch(one -> one.source().until() == Until.END)
            && now.verticles().stream().allMatch(one -> one.consumer().succeeded());
    if (!toTheEnd) {
      return Future.succeededFuture(false);
    }
    List<Future<Boolean>> asked =
        now.verticles().stream()
            .map(one -> one.consumer().result())
            .map(consumer -> consumer.onLoop(consumer::atEnd).otherwise(false))
            .toList();
    return Future.future(
        answer ->
            Future.join(asked)
                .onSuccess(
                    all ->
                        asking.execute(
                            () -> answer.complete(asked.stream().allMatch(Future::result)))));
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
    Roster now = roster;
    List<Standing> all = new ArrayList<>(now.verticles().stream().map(Consumers::last).toList());
    all.addAll(now.gone());
    return counts(all);
  }

  /** As it has published. */
  private static Standing last(ConsumerVerticle verticle) {
    Future<Consumer> made = verticle.consumer();
    MessageCounts counts = made.succeeded() ? made.result().published() : MessageCounts.NONE;
    return new Standing(verticle.seat(), counts, null, false);
  }

  /** Whether a handler is stuck or blocks its loop, as of the call before. */
  boolean stuck() {
    boolean stuck = false;
    for (ConsumerVerticle verticle : roster.verticles()) {
      if (verticle.consumer().succeeded()) {
        stuck |= verticle.consumer().result().isStuck();
      }
    }
    return stuck;
  }

  /** The longest time-out of one handler call. */
  Duration longestTimeout() {
    return roster.verticles().stream()
        .map(verticle -> verticle.seat().pipeline().timeout())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
