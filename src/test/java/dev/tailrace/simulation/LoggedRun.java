package dev.tailrace.simulation;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Order;
import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.dispatch.Scope;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.processing.Crew;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A simulated run of the production core whose processes write real event logs: two processes
 * between which partitions move, and where the seed says so one that is killed on the way.
 */
final class LoggedRun {
  /** Messages of each partition. */
  static final int MESSAGES = 12;

  private static final int PARTITIONS = 2;

  private final Simulation world;
  private final Choices choices;
  private final SimulatedBroker broker;
  private final Path folder;
  private final List<Path> logs = new ArrayList<>();
  private final List<Path> reports = new ArrayList<>();
  private final @Nullable SharedStore store;
  private int kills;
  private int epoch;

  /** A process: one consumer and its log. */
  private record LoggedProcess(SimulatedConsumer member, EventLog log, String incarnation) {}

  /**
   * Prepares a run.
   *
   * @param stored whether keys are claimed in a store that outlives the processes, and messages
   *     that always fail become dead letters
   */
  LoggedRun(long seed, boolean stored, Path folder) {
    this.world = Simulation.seeded(seed);
    this.choices = world.choices();
    this.broker = new SimulatedBroker(choices, PARTITIONS, MESSAGES, 1 + choices.pick(5));
    this.store = stored ? new SharedStore(world.loop("store")) : null;
    this.folder = folder;
  }

  List<Path> logs() {
    return logs;
  }

  List<Path> reports() {
    return reports;
  }

  int kills() {
    return kills;
  }

  String where() {
    return world.where();
  }

  /** Runs until all messages are finished, and all processes that were not killed have drained. */
  void run(boolean mayKill) throws IOException {
    LoggedProcess owner = start();
    List<Partition> owned = assign(owner);
    for (int round = 0; round < 3; round++) {
      world.runFor(Duration.ofNanos(choices.pick(20_000_000)));
      SimulatedConsumer member = owner.member();
      if (mayKill && choices.pick(2) == 0) {
        member.loop.crash();
        kills++;
        close(owner);
      } else {
        List<Partition> going = owned;
        world.await(member.loop.call(() -> member.source.revoke(going, Duration.ofSeconds(8))));
        drain(owner);
      }
      owner = start();
      owned = assign(owner);
    }
    world.run();
    drain(owner);
  }

  private LoggedProcess start() throws IOException {
    String incarnation = "inc-" + logs.size();
    Path file = folder.resolve(incarnation + ".jsonl");
    logs.add(file);
    SimulatedLoop loop = world.loop(incarnation);
    EventLog log =
        EventLog.open(
            new EventLogConfig(file, EventKeys.HASH, Long.MAX_VALUE),
            new EventLogEnvironment(
                "worker", incarnation, loop::nanos, () -> 0, LoggedRun::daemon));
    DispatchConfig config =
        new DispatchConfig(SimulatedConsumer.PIPELINE, Order.KEY, 3, 16, 1_000, 4);
    log.configured(SimulatedConsumer.PIPELINE, limits(config));
    Crew.Claiming claims = store == null ? null : claiming(store.of(loop), loop, incarnation);
    DeadLetters letters =
        store == null
            ? null
            : new DeadLetters(
                loop, new InMemorySink("orders.dlq"), SimulatedConsumer.PIPELINE, "worker");
    SimulatedConsumer member =
        new SimulatedConsumer(
            loop,
            broker,
            choices,
            new SimulatedConsumer.Pool(
                config, (message, context) -> handle(loop, context), log, claims, letters));
    return new LoggedProcess(member, log, incarnation);
  }

  private static Crew.Claiming claiming(IdempotencyStore store, Loop loop, String incarnation) {
    ClaimConfig config =
        ClaimConfig.of(
            "worker#" + incarnation,
            Duration.ofSeconds(9),
            Duration.ofDays(1),
            ClaimConfig.WhenUnavailable.PAUSE);
    return new Crew.Claiming(
        KeyRule.parse("position", KeyRule.OnMissing.POSITION),
        new ClaimClient(loop, store, config),
        false);
  }

  /** As a pool tells them. */
  private String limits(DispatchConfig config) {
    return "order=%s consumers=1 concurrency=%d buffer=%d poll=%d window=24000 parked=%d attempts=5 %s"
        .formatted(
            config.order().name().toLowerCase(Locale.ROOT),
            config.concurrency(),
            config.bufferMessages(),
            SimulatedSource.POLL,
            config.parked(),
            store == null
                ? "store=none lease=0 retention=0 grade=A dlq=none"
                : "store=redis lease=9000 retention=86400000 grade=B dlq=yes");
  }

  private List<Partition> assign(LoggedProcess process) {
    List<Partition> all =
        broker.logs.keySet().stream().map(source -> new Partition(source, ++epoch)).toList();
    process.member().loop.turn(() -> process.member().source.assign(all));
    return all;
  }

  private Future<Outcome> handle(SimulatedLoop loop, MessageContext context) {
    Promise<Outcome> promise = Promise.promise();
    boolean poison = store != null && context.message().origin().major() % 5 == 4;
    boolean again = poison || (context.attempt() < 4 && choices.pick(4) == 0);
    loop.after(
        Duration.ofNanos(choices.pick(3_000_000)),
        () -> promise.complete(again ? Outcome.retry("by the dice") : Outcome.done()));
    return promise.future();
  }

  private void drain(LoggedProcess process) throws IOException {
    SimulatedConsumer member = process.member();
    member.loop.turn(() -> process.log().drainBegin("sigterm", "signal"));
    MessageCounts start = member.counts();
    Duration second = Duration.ofSeconds(1);
    world.await(
        member.loop.call(
            () ->
                member.dispatcher.quiesce(Scope.all(), QuiescePlan.drain(second, second, second))));
    member.loop.turn(member.source::commitAll);
    MessageCounts end = member.counts();
    process.log().drainEnd(end.abandoned() == 0 ? "clean" : "incomplete");
    report(process, start, end);
    close(process);
  }

  private void report(LoggedProcess process, MessageCounts start, MessageCounts end)
      throws IOException {
    JsonObject finished = new JsonObject();
    end.finished()
        .forEach(
            (finish, count) ->
                finished.put(finish.label(), count - start.finished().getOrDefault(finish, 0L)));
    boolean clean = end.abandoned() == 0;
    JsonObject report =
        new JsonObject()
            .put("incarnation", process.incarnation())
            .put("result", clean ? "clean" : "incomplete")
            .put("exitCode", clean ? 0 : 4)
            .put(
                "messages",
                new JsonObject()
                    .put("executingAtStart", start.executing())
                    .put("bufferedAtStart", start.buffered())
                    .put("parkedAtStart", start.parked())
                    .put("finished", finished)
                    .put("released", end.released() - start.released())
                    .put("abandoned", new JsonObject().put("count", end.abandoned())));
    Path file = folder.resolve(process.incarnation() + ".report.json");
    Files.writeString(file, report.encode());
    reports.add(file);
  }

  private static void close(LoggedProcess process) {
    process
        .log()
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }

  private static void daemon(Runnable writer) {
    Thread thread = new Thread(writer, "event-log");
    thread.setDaemon(true);
    thread.start();
  }
}
