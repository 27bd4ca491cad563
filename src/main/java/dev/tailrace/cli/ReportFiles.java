package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a drain's report goes beside the log: a file, and the pod's termination log.
 *
 * @param file null for none
 * @param terminationLog null for none
 */
record ReportFiles(@Nullable Path file, @Nullable Path terminationLog) {
  private static final Logger LOG = LoggerFactory.getLogger(ReportFiles.class);
  private static final Path KUBERNETES = Path.of("/dev/termination-log");

  /**
   * Reads the setting {@code report.termination-log}.
   *
   * @param file of the report, or null
   * @param terminationLog {@code auto}, {@code none} or a file
   */
  static ReportFiles of(@Nullable Path file, String terminationLog) {
    return switch (terminationLog) {
      case "none" -> new ReportFiles(file, null);
      case "auto" -> new ReportFiles(file, Files.isWritable(KUBERNETES) ? KUBERNETES : null);
      default -> new ReportFiles(file, Path.of(terminationLog));
    };
  }

  /** Refuses a place that cannot be written, while nothing runs yet. */
  void check() {
    Path folder = file == null ? null : file.toAbsolutePath().getParent();
    if (folder != null && !Files.isWritable(folder)) {
      throw new CommandException(
          ExitCode.INVALID_CONFIGURATION, "report.file: cannot write into " + folder);
    }
  }

  /** How long the drain of the last incarnation took, where its report is still there. */
  Optional<Duration> lastDrain() {
    if (file == null || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Long millis = new JsonObject(Files.readString(file)).getLong("durationMillis");
      return Optional.ofNullable(millis).map(Duration::ofMillis);
    } catch (IOException | RuntimeException noReport) {
      LOG.warn("{} is no drain report: {}", file, noReport.getMessage());
      return Optional.empty();
    }
  }

  /** Writes both; what fails is logged, and keeps nobody from going on. */
  void write(DrainReport report) {
    if (file != null) {
      attempt(file, () -> replace(file, report.toJson().encode() + "\n"));
    }
    if (terminationLog != null) {
      attempt(
          terminationLog,
          () -> Files.writeString(terminationLog, report.toTerminationLog() + "\n"));
    }
  }

  /** Says in the termination log why there was no start. */
  void writeFailure(String reason) {
    if (terminationLog != null) {
      attempt(terminationLog, () -> Files.writeString(terminationLog, reason + "\n"));
    }
  }

  /** Readers never see half a report. */
  private static void replace(Path file, String text) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(whole, text);
    try {
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException notRenamed) {
      Files.deleteIfExists(whole);
      Files.writeString(file, text); // a device, as /dev/stdout, is written and not replaced
    }
  }

  private static void attempt(Path file, Write write) {
    try {
      write.run();
    } catch (IOException | RuntimeException failure) {
      LOG.error("cannot write the drain report to {}", file, failure);
    }
  }

  /** One file's writing. */
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }
}
