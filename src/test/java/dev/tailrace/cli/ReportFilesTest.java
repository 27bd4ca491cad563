package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
  @TempDir Path folder;

  @Test
  void theReportIsWholeInItsFileAndCutInTheTerminationLog() throws IOException {
    Path file = folder.resolve("report.json");
    Path log = Files.createFile(folder.resolve("termination-log"));
    DrainReport report = reportOf(1_000);

    ReportFiles.of(file, log.toString()).write(report);

    assertThat(new JsonObject(Files.readString(file)).getJsonArray("errors")).hasSize(1_000);
    assertThat(Files.size(log)).isLessThanOrEqualTo(4_096 + 1);
    assertThat(new JsonObject(Files.readString(log)).getBoolean("truncated")).isTrue();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("report.json", "termination-log");
  }

  @Test
  void aLaterReportReplacesAnEarlierOne() throws IOException {
    Path file = folder.resolve("report.json");
    ReportFiles files = ReportFiles.of(file, "none");
    files.write(reportOf(5));

    files.write(reportOf(1));

    assertThat(new JsonObject(Files.readString(file)).getJsonArray("errors")).hasSize(1);
  }

  @Test
  void aFolderThatIsNotThereIsRefusedBeforeAnythingRuns() {
    ReportFiles files = ReportFiles.of(folder.resolve("nowhere").resolve("r.json"), "none");

    assertThatThrownBy(files::check)
        .isInstanceOfSatisfying(
            CommandException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION))
        .hasMessageContaining("report.file");
  }

  @Test
  void aFileThatCannotBeWrittenKeepsNobodyFromGoingOn() throws IOException {
    Path log = Files.createFile(folder.resolve("termination-log"));

    ReportFiles.of(folder.resolve("nowhere").resolve("r.json"), log.toString()).write(reportOf(1));

    assertThat(log).isNotEmptyFile();
  }

  @Test
  void theReportOfTheLastIncarnationSaysHowLongItsDrainTook() throws IOException {
    Path file = folder.resolve("report.json");
    assertThat(ReportFiles.of(file, "none").lastDrain()).isEmpty();

    Files.writeString(file, "{\"schema\": 1, \"durationMillis\": 1234}\n");

    assertThat(ReportFiles.of(file, "none").lastDrain()).hasValue(Duration.ofMillis(1_234));
  }

  @Test
  void aFileThatIsNoReportKeepsNobodyFromStarting() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "half a rep");

    assertThat(ReportFiles.of(file, "none").lastDrain()).isEmpty();
    assertThat(ReportFiles.of(null, "none").lastDrain()).isEmpty();
  }

  private static DrainReport reportOf(int errors) {
    return new DrainReport(
        PoolIdentity.of("test", "test-0"),
        "",
        new Trigger(Trigger.Kind.SIGTERM, "SIGTERM"),
        DrainConfig.Strategy.BOUNDED,
        null,
        ExitCode.INCOMPLETE,
        new DrainReport.Timing(Instant.EPOCH, Instant.EPOCH, Duration.ZERO, Duration.ZERO),
        List.of(),
        new DrainReport.Messages(MessageCounts.NONE, MessageCounts.NONE, 0, List.of()),
        List.of(),
        List.of(),
        Collections.nCopies(errors, "it did not stop in time"),
        true);
  }
}
