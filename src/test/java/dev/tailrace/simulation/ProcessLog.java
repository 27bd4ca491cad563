package dev.tailrace.simulation;

import dev.tailrace.app.DrainReport;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The production event log of one process, and its report, where the world is asked for them. */
final class ProcessLog {
  /** How the name of an event log ends. */
  static final String EVENTS = "-log.jsonl";

  /** How the name of a report ends. */
  static final String REPORT = ".report.json";

  private static final PoolEvents NONE = new PoolEvents() {};

  private final @Nullable EventLog log;
  private final @Nullable Path report;

  private ProcessLog(@Nullable EventLog log, @Nullable Path report) {
    this.log = log;
    this.report = report;
  }

  static ProcessLog open(World world, String name, SimulatedLoop clock) {
    Path folder = world.witness().folder();
    if (folder == null) {
      return new ProcessLog(null, null);
    }
    try {
      EventLog log =
          EventLog.open(
              new EventLogConfig(folder.resolve(name + EVENTS), EventKeys.HASH, Long.MAX_VALUE),
              new EventLogEnvironment(
                  name,
                  name + "-1",
                  clock::nanos,
                  () -> clock.wall().toEpochMilli(),
                  ProcessLog::daemon));
      return new ProcessLog(log, folder.resolve(name + REPORT));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void daemon(Runnable writer) {
    Thread thread = new Thread(writer, "event-log");
    thread.setDaemon(true);
    thread.start();
  }

  PoolEvents events() {
    return log == null ? NONE : log;
  }

  void report(DrainReport drained) {
    if (report != null) {
      try {
        Files.writeString(report, drained.toJson().encode());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  /** Nothing is told after the end; the file is complete then. */
  void end(boolean crashed) {
    if (log != null) {
      log.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
