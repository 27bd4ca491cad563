package dev.tailrace.cli;

import dev.tailrace.admin.AdminServer;
import dev.tailrace.admin.AdminToken;
import dev.tailrace.admin.ProbeServer;
import dev.tailrace.admin.RunningConfig;
import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolBuilder;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool as the one business of this process: from the first connection to the report, with
 * signals, servers, event log and watchdog around it. Used once.
 */
final class PoolProcess {
  private static final Logger LOG = LoggerFactory.getLogger(PoolProcess.class);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

  private final ProcessSettings settings;
  private final PoolWatch watch;
  private final CompletableFuture<Trigger> drainBegun = new CompletableFuture<>();
  private @Nullable ProbeServer probes; // main thread only
  private @Nullable AdminServer admin; // main thread only
  private final HeldWishes wishes =
      new HeldWishes(() -> Runtime.getRuntime().halt(ExitCode.INCOMPLETE));
  private final SelfWatch self;
  private final StopRecords records;

  /**
   * For one pool.
   *
   * @param watch is shown how it goes
   */
  PoolProcess(ProcessSettings settings, PoolWatch watch) {
    this.settings = settings;
    this.watch = watch;
    this.records = new StopRecords(settings.records(), settings.report(), settings.identity());
    this.self =
        new SelfWatch(
            SelfWatch.Limits.read(settings.config().root().section("drain").section("triggers")),
            System::nanoTime,
            HeapUse::percentAfterCollection,
            wishes::drain);
  }

  /**
   * Where the configuration comes from.
   *
   * @param reading reads it anew
   * @param files that it is read from
   */
  record Origin(Reloads.Reading reading, List<Path> files) {}

  /**
   * Runs it to its end; blocks meanwhile.
   *
   * @param pipelines adds the pipelines and how they drain
   * @param origin of the configuration, to be read anew
   * @return the exit code
   */
  int run(ConfiguredPool pipelines, Origin origin) {
    Reloads reloads = new Reloads(settings.config(), pipelines, origin.reading());
    settings.report().check();
    new Signals(System::nanoTime, wishes).install();
    OsSignals.handle("HUP", () -> reloads.reload("SIGHUP"));
    Tracing tracing = settings.tracing(System.getenv());
    Telemetry telemetry = Telemetry.open(settings.identity(), settings.events(), tracing);
    Vertx vertx = telemetry.vertx();
    new LastResort(Runtime.getRuntime()::halt, wishes::drain).watch(vertx);
    try (telemetry;
        records) {
      Tailrace built = build(vertx, telemetry, pipelines, reloads);
      reloads.attach(built, Objects.requireNonNull(admin)::renew);
      reloads.watch(origin.files(), settings.config().root().section("reload").duration("watch"));
      records.watch(vertx, built);
      int exitCode = live(built);
      close(vertx, built);
      return exitCode;
    }
  }

  private Tailrace build(
      Vertx vertx, Telemetry telemetry, ConfiguredPool pipelines, RunningConfig config) {
    AdminToken token = settings.token(System.getenv());
    PoolBuilder builder =
        Tailrace.builder(vertx)
            .identity(settings.identity())
            .configSha256(settings.config().sha256())
            .telemetry(telemetry)
            .clientMeters(telemetry.clientMeters())
            .server(
                served -> {
                  probes = new ProbeServer(vertx, settings.probes(), served, telemetry::page);
                  return probes;
                })
            .server(
                served -> {
                  admin = new AdminServer(vertx, settings.admin(), served, token, config);
                  return admin;
                })
            .events(new DrainBegin())
            .events(self);
    records.attach(builder, vertx, telemetry);
    telemetry.witness().ifPresent(witness -> builder.witness(pool -> witness));
    telemetry.readers().forEach(builder::events);
    watch.reader().ifPresent(builder::events);
    pipelines.accept(builder);
    return builder.build();
  }

  /** Whoever begins the drain, this process hears of it and awaits its end. */
  private final class DrainBegin implements PoolEvents {
    @Override
    public void state(String from, String to, String reason) {
      if (to.equals(State.DRAINING.label())) {
        drainBegun.complete(new Trigger(Trigger.Kind.CLOSE, reason));
      }
    }
  }

  private int live(Tailrace built) {
    Watchdog dog = watchdog(built);
    dog.start();
    CompletableFuture<Tailrace> starting = future(built.start());
    wishes.attach(new PoolWishes(built, dog));
    watch.starting(built);
    try {
      CompletableFuture.anyOf(starting, drainBegun).get();
      if (!drainBegun.isDone()) {
        if (probes != null && admin != null) {
          watch.listening(probes.url(), admin.url());
        }
        watch.running(built);
        self.start(() -> built.status().map(PoolStatus::silentLoops));
        drainBegun.get();
      }
    } catch (ExecutionException failed) {
      LOG.debug("the start failed", failed);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
    return drained(built, starting);
  }

  /** Joins the drain, or begins it where the start has failed without one. */
  private int drained(Tailrace built, CompletableFuture<Tailrace> starting) {
    self.end();
    Trigger trigger = drainBegun.getNow(new Trigger(Trigger.Kind.START_FAILED, "the start failed"));
    Future<DrainReport> drain = built.drain(trigger);
    watch.draining(built);
    DrainReport report = future(drain).join();
    records.ended(report);
    if (report.trigger().kind() == Trigger.Kind.START_FAILED) {
      return startFailed(starting);
    }
    watch.drained(report);
    return report.exitCode();
  }

  private int startFailed(CompletableFuture<Tailrace> starting) {
    try {
      starting.join();
      throw new IllegalStateException("a start that failed has its failure");
    } catch (RuntimeException wrapped) {
      Throwable failure = wrapped.getCause() == null ? wrapped : wrapped.getCause();
      String message = Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
      settings.report().writeFailure(message);
      LOG.debug("the start failed", failure);
      throw new CommandException(Tailrace.exitCode(failure), message, failure);
    }
  }

  private static void close(Vertx vertx, Tailrace built) {
    Duration left =
        built.progress().map(progress -> progress.left(System.nanoTime())).orElse(LONGEST_CLOSE);
    Duration longest = left.compareTo(LONGEST_CLOSE) < 0 ? left : LONGEST_CLOSE;
    try {
      future(vertx.close()).get(Math.max(longest.toMillis(), 0), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException unclosed) {
      LOG.warn("Vert.x did not close in order", unclosed);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }

  private Watchdog watchdog(Tailrace built) {
    return new Watchdog(
        System::nanoTime,
        built::progress,
        built::reportSoFar,
        new Watchdog.Last(records::ended, Runtime.getRuntime()::halt));
  }

  /** What signals do to a pool. */
  private final class PoolWishes implements Signals.Wishes {
    private final Tailrace pool;
    private final Watchdog dog;

    PoolWishes(Tailrace pool, Watchdog dog) {
      this.pool = pool;
      this.dog = dog;
    }

    @Override
    public void drain(Trigger trigger) {
      dog.arm(settings.config().root().section("drain").duration("deadline"));
      drainBegun.complete(trigger);
      Future<DrainReport> unused = pool.drain(trigger);
    }

    @Override
    public void force(String by) {
      pool.force(by);
    }

    @Override
    public void halt(String by) {
      dog.strike();
    }
  }

  private static <T> CompletableFuture<T> future(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture();
  }
}
