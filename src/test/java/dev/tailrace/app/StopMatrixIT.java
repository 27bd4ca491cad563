package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tailrace.app.ReloadPlan.Move;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.runtime.FailPoint;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.UnfitException;
import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every trigger, in every state, with both brokers: the end that is defined, the right exit code,
 * and a report that the event log bears out. The pools of one state run side by side. That each
 * trigger comes from where it should is for the tests of those who pull it.
 */
final class StopMatrixIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final int MESSAGES = 8;

  /** A failed start is a state here; a consumer that is undeployed alone ends no pool. */
  private static final Set<Trigger.Kind> TRIGGERS =
      EnumSet.complementOf(EnumSet.of(Trigger.Kind.START_FAILED, Trigger.Kind.UNDEPLOY));

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final List<Cell> cells = new ArrayList<>();
  private final List<Tailrace> others = new ArrayList<>();

  /** Where a pool stands when the trigger comes. */
  private enum Standing {
    BUILT,
    STARTING,
    RUNNING,
    PAUSED,
    REBALANCING,
    RELOADING,
    DRAINING,
    STOPPED,
    FAILED
  }

  private enum Broker {
    KAFKA,
    REDIS
  }

  static Stream<Arguments> standings() {
    return Stream.of(Broker.values())
        .flatMap(
            broker ->
                Stream.of(Standing.values())
                    // A stream has no owners who could hand it over.
                    .filter(at -> broker == Broker.KAFKA || at != Standing.REBALANCING)
                    .map(at -> arguments(broker, at)));
  }

  @AfterEach
  void closeVertx() throws Exception {
    FailPoint.install(null);
    Results.result(vertx.close());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("standings")
  void everyTriggerEndsAsDefined(Broker broker, Standing standing) throws Exception {
    Origin origin = origin(broker, standing);
    for (Trigger.Kind kind : TRIGGERS) {
      cells.add(new Cell(kind, standing, origin));
    }
    bringTo(standing, origin);

    for (Cell cell : cells) {
      cell.pull();
      if (standing == Standing.REBALANCING) {
        cell.handler.release(); // the others hold what the drain itself waits for
      }
    }
    for (Cell cell : cells) {
      cell.finish();
    }

    for (Cell cell : cells) {
      cell.check(standing);
    }
    for (Tailrace other : others) {
      Results.result(other.close());
    }
    verify(standing);
  }

  /** What is read, and by whom: each pool in a group of its own. */
  private interface Origin {
    SourceConfig source(String group);
  }

  private Origin origin(Broker broker, Standing standing) throws Exception {
    boolean absent = standing == Standing.STARTING || standing == Standing.FAILED;
    String name = Servers.uniqueName("stop");
    if (broker == Broker.KAFKA) {
      String bootstrap = absent ? "127.0.0.1:" + Servers.freePort() : servers.kafka().bootstrap();
      if (!absent) {
        servers.createTopic(name, 2);
        new KafkaProbe(servers.kafka()).produce(name, 0, MESSAGES, MESSAGES);
      }
      return group ->
          Heartbeats.quick(KafkaSourceConfig.of(bootstrap, group, name), Membership.of(group));
    }
    String url = absent ? "redis://127.0.0.1:" + Servers.freePort() : servers.redis().url();
    if (!absent) {
      new StreamProbe(vertx, url).produce(name, 0, MESSAGES);
    }
    return group -> RedisSourceConfig.of(url, group, name);
  }

  private void bringTo(Standing standing, Origin origin) throws Exception {
    switch (standing) {
      case BUILT -> {}
      case STARTING -> {
        cells.forEach(Cell::start);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(cells).allMatch(Cell::isConnecting));
      }
      case RUNNING -> run();
      case PAUSED -> {
        run();
        for (Cell cell : cells) {
          Future<Void> unused = cell.pool.pause("maintenance");
          await().until(() -> cell.pool.state() == State.PAUSED);
        }
      }
      case REBALANCING -> {
        run();
        AtomicInteger revoking = new AtomicInteger();
        FailPoint.install(point -> revoking.addAndGet(point == FailPoint.REVOKE ? 1 : 0));
        for (Cell cell : cells) {
          others.add(joining(cell, origin));
        }
        await().atMost(PATIENCE).until(() -> revoking.get() >= cells.size());
      }
      case RELOADING -> {
        run();
        cells.forEach(Cell::reload); // which waits for what runs, as does the drain
      }
      case DRAINING -> {
        run();
        for (Cell cell : cells) {
          cell.drained = cell.pool.drain(new Trigger(Trigger.Kind.SIGTERM, "first"));
        }
        await().until(() -> cells.stream().allMatch(cell -> cell.events.count("drain_begin") == 1));
      }
      case STOPPED -> {
        run();
        for (Cell cell : cells) {
          cell.handler.release();
          Results.result(cell.pool.close());
        }
      }
      case FAILED -> {
        cells.forEach(Cell::start);
        await().atMost(PATIENCE).until(() -> cells.stream().allMatch(Cell::hasFailed));
      }
    }
  }

  private void run() {
    cells.forEach(Cell::start);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(cells).allMatch(cell -> cell.handler.started() == MESSAGES));
  }

  /** Another member of the group, which is given one of the two partitions. */
  private Tailrace joining(Cell cell, Origin origin) {
    Tailrace other =
        Tailrace.builder(vertx)
            .identity(PoolIdentity.of(cell.name, "joining"))
            .add(
                Pipeline.named("work")
                    .source(origin.source(cell.name))
                    .handle(cell.handler)
                    .build())
            .build();
    Future<Tailrace> unused = other.start();
    return other;
  }

  private void verify(Standing standing) throws IOException {
    List<Path> logs = cells.stream().map(Cell::log).toList();
    List<Path> reports = cells.stream().map(Cell::reportFile).toList();
    Verdicts verdicts =
        Verification.check(new VerifyInput(logs, null, null, reports, Expectations.NONE));

    boolean nothingWasRead =
        EnumSet.of(Standing.BUILT, Standing.STARTING, Standing.FAILED).contains(standing);
    assertThat(verdicts.refusals())
        .allMatch(refusal -> nothingWasRead && refusal.equals("nothing was received"));
    assertThat(verdicts.verdicts())
        .as(verdicts.toText())
        .noneMatch(verdict -> verdict.kind() == Verdict.Kind.BROKEN);
    assertThat(verdicts.totals().reports()).isEqualTo(cells.size());
  }

  /** One pool, and the trigger that ends it. */
  private final class Cell {
    private final Trigger trigger;
    private final String name;
    private final HeldHandler handler = new HeldHandler();
    private final RecordedEvents events = new RecordedEvents();
    private final EventLog eventLog;
    private final Pipeline pipeline;
    private final Tailrace pool;
    private @Nullable Future<Tailrace> starting;
    private @Nullable Future<?> reloading;
    private @Nullable Future<DrainReport> drained;
    private @Nullable DrainReport report;

    Cell(Trigger.Kind kind, Standing standing, Origin origin) throws IOException {
      this.trigger = new Trigger(kind, "in the test");
      this.name = Servers.uniqueName(kind.label().replace('_', '-'));
      PoolIdentity identity = PoolIdentity.of(name, name);
      this.eventLog =
          EventLog.open(
              new EventLogConfig(log(), EventKeys.HASH, 1 << 28),
              new EventLogEnvironment(
                  name,
                  identity.incarnation(),
                  System::nanoTime,
                  System::currentTimeMillis,
                  Executors.newSingleThreadExecutor()));
      this.pipeline = Pipeline.named(name).source(origin.source(name)).handle(handler).build();
      this.pool =
          Tailrace.builder(vertx)
              .identity(identity)
              .startupDeadline(standing == Standing.FAILED ? SHORT : PATIENCE)
              .add(pipeline)
              .events(events)
              .events(eventLog)
              .build();
    }

    Path log() {
      return folder.resolve(name + ".jsonl");
    }

    Path reportFile() {
      return folder.resolve(name + ".json");
    }

    @Override
    public String toString() {
      return name + " started " + handler.started() + " " + starting + " " + events.told();
    }

    void start() {
      starting = pool.start();
    }

    boolean isConnecting() {
      return events.count("configured") == 1;
    }

    boolean hasFailed() {
      return pool.state() == State.FAILED && Objects.requireNonNull(starting).failed();
    }

    /** Has its pipeline begin again; orders of a pool are carried out in turn. */
    void reload() {
      Move move = new Move(ReloadPlan.Kind.RESTARTED, pipeline, pipeline);
      reloading =
          pool.reload(new ReloadPlan(List.of(), List.of(move), DrainConfig.DEFAULT, "next"));
    }

    void pull() {
      Future<DrainReport> asked =
          trigger.kind() == Trigger.Kind.CLOSE
              ? pool.close().map(closed -> pool.report().orElseThrow())
              : pool.drain(trigger);
      drained = drained == null ? asked : drained;
      assertThat(pool.state()).as(name).isIn(State.DRAINING, State.STOPPED, State.FAILED);
    }

    /** What runs ends once the drain has begun. */
    void finish() throws Exception {
      await().until(() -> events.count("drain_begin") == 1);
      handler.release();
      report = Results.result(Objects.requireNonNull(drained));
      Results.result(eventLog.close());
      Files.writeString(reportFile(), report.toJson().encode());
    }

    private boolean handsOver(Standing standing) {
      return standing == Standing.REBALANCING || standing == Standing.RELOADING;
    }

    void check(Standing standing) {
      DrainReport end = Objects.requireNonNull(report);
      Trigger.Kind first =
          switch (standing) {
            case DRAINING -> Trigger.Kind.SIGTERM;
            case STOPPED -> Trigger.Kind.CLOSE;
            case FAILED -> Trigger.Kind.START_FAILED;
            default -> trigger.kind();
          };
      assertThat(end.trigger().kind()).as(name).isEqualTo(first);
      assertThat(end.exitCode())
          .as(name + " " + end.toJson().encode())
          .isEqualTo(standing == Standing.FAILED ? 5 : first.wantsRestart() ? 6 : 0);
      assertThat(end.result()).as(name + " " + end.errors()).isEqualTo(DrainReport.Result.CLEAN);
      assertThat(end.errors()).as(name).isEmpty();
      assertThat(pool.state())
          .as(name)
          .isEqualTo(standing == Standing.FAILED ? State.FAILED : State.STOPPED);
      assertThat(events.count("drain_begin")).as(name + ": one drain").isEqualTo(1);
      assertThat(events.count("drain_end")).as(name + ": one end").isEqualTo(1);
      boolean held =
          EnumSet.of(Standing.RUNNING, Standing.PAUSED, Standing.DRAINING).contains(standing);
      long atStart = end.messages().atStart().inFlight();
      assertThat(atStart).as(name).isLessThanOrEqualTo(held || handsOver(standing) ? MESSAGES : 0);
      if (held) {
        assertThat(end.messages().since().finishedTotal()).as(name).isEqualTo(MESSAGES);
      }
      if (reloading != null) {
        assertThat(reloading.cause()).as(name).isInstanceOf(ReloadException.class);
      }
      if (starting != null && (standing == Standing.STARTING || standing == Standing.FAILED)) {
        assertThat(starting.failed()).as(name + ": nobody takes it for running").isTrue();
        assertThat(standing == Standing.FAILED && !(starting.cause() instanceof UnfitException))
            .isFalse();
      }
    }
  }
}
