package dev.tailrace.cli;

import dev.tailrace.admin.ListenAddress;
import dev.tailrace.admin.RunningConfig;
import dev.tailrace.app.ConfiguredPool;
import dev.tailrace.app.PoolStatus.ConfigStamp;
import dev.tailrace.app.ReloadException;
import dev.tailrace.app.ReloadPlan;
import dev.tailrace.app.Tailrace;
import dev.tailrace.config.ConfigDiff.Change;
import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.config.PemTls;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration of this process anew and has its pool take it over: by SIGHUP, {@code
 * POST /reload}, or since a file has changed. One after the other, on a thread of its own; a
 * configuration that is refused changes nothing. Thread-safe.
 */
final class Reloads implements RunningConfig {
  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

  private final Reading reading;
  private final SerialThread thread = new SerialThread("tailrace-reload");
  private volatile Applied applied; // written on that thread
  private volatile @Nullable Running running; // written once, by the main thread

  /** Reads the configuration from where it came; blocks. */
  @FunctionalInterface
  interface Reading {
    EffectiveConfig read() throws ConfigException;
  }

  /** What the pool runs by. */
  private record Applied(EffectiveConfig config, ConfiguredPool pool) {}

  /**
   * Begins with what applies at the start.
   *
   * @param reading reads it anew
   */
  Reloads(EffectiveConfig config, ConfiguredPool pool, Reading reading) {
    this.applied = new Applied(config, pool);
    this.reading = reading;
  }

  /** Has the server for control show another certificate. */
  @FunctionalInterface
  interface Renewal {
    Future<Void> renew(PemTls tls);
  }

  /** What takes it over. */
  private record Running(Tailrace pool, Renewal certificate) {}

  /** Only now there is something to reload. */
  void attach(Tailrace started, Renewal certificate) {
    running = new Running(started, certificate);
  }

  /** Reloads whenever one of the files has changed; looks at them that often. */
  void watch(List<Path> files, Duration interval) {
    if (interval.isZero()) {
      return;
    }
    FileWatch watch = new FileWatch(files);
    Thread looking =
        new Thread(
            () -> {
              while (true) {
                LockSupport.parkNanos(interval.toNanos());
                if (watch.changed()) {
                  var unused = reload("a changed file");
                }
              }
            },
            "tailrace-file-watch");
    looking.setDaemon(true);
    looking.start();
  }

  @Override
  public String yaml() {
    return applied.config().yaml();
  }

  @Override
  public Future<JsonObject> reload(String by) {
    return thread
        .run(() -> apply(by))
        .onSuccess(changed -> LOG.info("{}: reloaded {}", by, changed.encode()))
        .onFailure(failure -> LOG.error("{}: not reloaded: {}", by, failure.getMessage()));
  }

  private JsonObject apply(String by) throws ReloadException {
    Running target = running;
    if (target == null) {
      throw new ReloadException(
          ReloadException.Kind.UNTIMELY, List.of("the pool does not run yet"));
    }
    LOG.info("{}: reading the configuration anew", by);
    Applied before = applied;
    Applied next;
    ReloadPlan plan;
    try {
      EffectiveConfig config = reading.read();
      next = new Applied(config, ConfiguredPool.read(config));
      plan = ReloadPlan.between(before.config(), before.pool(), config, next.pool());
    } catch (ConfigException refused) {
      throw new ReloadException(
          ReloadException.Kind.REFUSED,
          refused.errors().stream().map(ConfigError::toString).toList());
    } catch (CommandException unreadable) {
      throw new ReloadException(
          ReloadException.Kind.REFUSED, List.of(String.valueOf(unreadable.getMessage())));
    }
    plan.changes().forEach(change -> LOG.info("{}: {}", by, change));
    ConfigStamp stamp = takeOver(target, plan, before, next);
    applied = next;
    if (plan.changes().stream().anyMatch(change -> change.path().startsWith("telemetry.logs"))) {
      logBy(next.config());
    }
    return told(plan, stamp);
  }

  /** First what can be taken back by a word. */
  private static ConfigStamp takeOver(Running target, ReloadPlan plan, Applied before, Applied next)
      throws ReloadException {
    PemTls was = ListenAddress.adminTls(before.config().root());
    PemTls now = ListenAddress.adminTls(next.config().root());
    boolean renewed = !was.equals(now);
    if (renewed) {
      try {
        result(target.certificate().renew(now));
      } catch (CompletionException failed) {
        throw new ReloadException(
            ReloadException.Kind.FAILED, List.of("admin.tls: " + failed.getCause()));
      }
    }
    try {
      return result(target.pool().reload(plan));
    } catch (CompletionException failed) {
      if (renewed) {
        target
            .certificate()
            .renew(was)
            .onFailure(kept -> LOG.error("admin.tls stays the new one", kept));
      }
      if (failed.getCause() instanceof ReloadException told) {
        throw told;
      }
      throw failed;
    }
  }

  private static <T> T result(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static void logBy(EffectiveConfig config) {
    ConfigSection logs = config.root().section("telemetry").section("logs");
    LogSetup.apply(logs.choice("format", LogSetup.Format.class), logs.text("level"), null);
  }

  private static JsonObject told(ReloadPlan plan, ConfigStamp stamp) {
    JsonArray moves = new JsonArray();
    plan.moves()
        .forEach(
            move ->
                moves.add(
                    new JsonObject()
                        .put("pipeline", move.pipeline())
                        .put("move", move.kind().label())));
    return new JsonObject()
        .put("generation", stamp.generation())
        .put("sha256", stamp.sha256())
        .put("lastReload", Objects.toString(stamp.lastReload(), null))
        .put("changes", new JsonArray(plan.changes().stream().map(Change::toString).toList()))
        .put("moves", moves);
  }
}
