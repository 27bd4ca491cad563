package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.DrainWitness;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stops of this instance, one line of JSON at the begin and one at the end of each, appended
 * and forced to the disk; and beside it the last words, from which the next start knows of an end
 * without a report. A disk that is full, read-only or hangs is a warning and holds nothing.
 * Thread-safe.
 */
final class AuditTrail implements DrainWitness, PoolEvents, AutoCloseable {
  static final String BEGIN = "stop_begin";
  static final String END = "stop_end";
  static final String CRASH = "crash";

  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
  private static final Duration LONGEST_END = Duration.ofMillis(500);

  private final @Nullable Path file;
  private final PoolIdentity identity;
  private final Supplier<Instant> wall;
  private final SerialThread disk = new SerialThread("tailrace-audit");
  private final AtomicBoolean ended = new AtomicBoolean();
  private final @Nullable LastWords words;
  private boolean cut; // the disk's thread only: the last line may be half there

  private AuditTrail(
      @Nullable Path file,
      PoolIdentity identity,
      Supplier<Instant> wall,
      @Nullable LastWords words) {
    this.file = file;
    this.identity = identity;
    this.wall = wall;
    this.words = words;
  }

  /**
   * Begins to keep it; never fails.
   *
   * @param file null for no audit
   */
  static AuditTrail open(@Nullable Path file, PoolIdentity identity, Supplier<Instant> wall) {
    LastWords words = null;
    if (file != null) {
      try {
        words = LastWords.open(wordsOf(file, identity.instance()), identity.incarnation(), wall);
      } catch (IOException | RuntimeException failure) {
        LOG.warn("audit.file: no last words will be there: {}", failure.toString());
      }
    }
    return new AuditTrail(file, identity, wall, words);
  }

  /** Where an instance keeps its last words: beside the audit, which several may share. */
  static Path wordsOf(Path file, String instance) {
    String name = file.getFileName() + "." + instance.replaceAll("[^A-Za-z0-9._-]", "_");
    return file.resolveSibling(name + ".now");
  }

  /**
   * Says in the log and the audit where the run before ended without a report.
   *
   * @return what is known of it
   */
  PreviousRun lookBack() {
    if (file == null) {
      return PreviousRun.UNKNOWN;
    }
    try {
      PreviousRun previous =
          PreviousRun.of(
              file, identity.instance(), words == null ? Optional.empty() : words.before());
      PreviousRun.Crash crash = previous.crash();
      if (crash != null) {
        LOG.warn("{}", crash.note());
        append(
            line(CRASH)
                .put("incarnation", crash.incarnation())
                .put("phase", crash.phase())
                .put("inFlight", crash.inFlight() < 0 ? null : crash.inFlight())
                .put("lastSeen", crash.at())
                .put("note", crash.note()));
      }
      return previous;
    } catch (IOException | RuntimeException unreadable) {
      LOG.warn("audit.file: cannot read {}: {}", file, unreadable.toString());
      return PreviousRun.UNKNOWN;
    }
  }

  @Override
  public Future<Void> begun(Trigger trigger) {
    return append(
        line(BEGIN)
            .put("trigger", trigger.kind().label())
            .put("reason", trigger.reason())
            .put("phase", Phase.UNREADY.label()));
  }

  /** Writes the end, once; waits for the disk for a short time. */
  void ended(DrainReport report) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    List<PhaseResult> phases = report.phases();
    Future<Void> written =
        append(
            line(END)
                .put("trigger", report.trigger().kind().label())
                .put("reason", report.trigger().reason())
                .put("phase", phases.isEmpty() ? "" : phases.get(phases.size() - 1).phase().label())
                .put("result", report.result().label())
                .put("forcedBy", report.forcedBy())
                .put("exitCode", report.exitCode())
                .put("durationMillis", report.timing().duration().toMillis()));
    try {
      written
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException late) {
      LOG.warn("audit.file: the end of this stop may be missing in {}", file);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
    if (words != null) {
      words.end();
    }
  }

  @Override
  public void state(String from, String to, String reason) {
    if (words != null) {
      words.state(from, to, reason);
    }
  }

  @Override
  public void phase(String phase, long inFlight) {
    if (words != null) {
      words.phase(phase, inFlight);
    }
  }

  /** So many messages are in flight now. */
  void inFlight(long messages) {
    if (words != null) {
      words.inFlight(messages);
    }
  }

  private JsonObject line(String event) {
    return new JsonObject()
        .put("at", wall.get())
        .put("event", event)
        .put("name", identity.name())
        .put("instance", identity.instance())
        .put("incarnation", identity.incarnation())
        .put("host", identity.host())
        .put("version", identity.version());
  }

  /** Completes when the line is on the disk; fails with a message that names the setting. */
  private Future<Void> append(JsonObject line) {
    Path audit = file;
    if (audit == null) {
      return Future.succeededFuture();
    }
    return disk.<Void>run(
            () -> {
              force(audit, line.encode());
              return null;
            })
        .recover(
            failure -> {
              LOG.warn("audit.file: cannot write {}: {}", audit, failure.toString());
              return Future.failedFuture(
                  new IOException("audit.file: cannot write " + audit + ": " + failure, failure));
            });
  }

  /** Other processes may append to the same file: one write, of whole lines. */
  private void force(Path audit, String line) throws IOException {
    String text = (cut ? "\n" : "") + line + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    cut = true;
    try (FileChannel channel =
        FileChannel.open(audit, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    cut = false;
  }

  /** Another run of this instance may begin; says nothing of how this one ended. */
  @Override
  public void close() {
    if (words != null) {
      try {
        words.close();
      } catch (IOException failure) {
        LOG.warn("audit.file: the last words are still held: {}", failure.toString());
      }
    }
  }

  @Override
  public String toString() {
    return "audit.file";
  }
}
