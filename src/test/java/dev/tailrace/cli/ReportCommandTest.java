package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir private Path folder;

  @Test
  void aReportInAFileIsTold() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("report.json"),
            "{\"result\":\"clean\",\"exitCode\":0,\"durationMillis\":310,\"reason\":\"SIGTERM\","
                + "\"phases\":[{\"name\":\"unready\",\"durationMillis\":2}]}");

    Invocation invocation = Invocation.of("report", file.toString());

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(invocation.out()).startsWith("Drain clean in 310 ms").contains("unready");
  }

  @Test
  void whatIsNoReportIsAFailureThatNamesTheFile() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no JSON");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"a\":1}");

    for (Path file : new Path[] {text, other, folder.resolve("missing.json")}) {
      Invocation invocation = Invocation.of("report", file.toString());

      assertThat(invocation.exitCode()).isEqualTo(ExitCode.FAILURE);
      assertThat(invocation.err()).startsWith("error: ").contains(file.toString());
      assertThat(invocation.out()).isEmpty();
    }
  }
}
