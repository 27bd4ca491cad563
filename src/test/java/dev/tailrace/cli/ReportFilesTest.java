package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
  @TempDir private Path folder;

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
}
