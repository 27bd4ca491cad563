package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  @TempDir Path folder;

  @Test
  void whatInitWritesIsStrictlyValid() {
    String file = folder.resolve("tailrace.yaml").toString();
    assertThat(Invocation.of("init", file).exitCode()).isEqualTo(ExitCode.OK);

    Invocation run = Invocation.of("validate", "--strict", "-c", file);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).isEqualTo("valid\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aWarningIsSaidAndOnlyStrictRefusesIt() throws IOException {
    String file = written("    timeout: 10s\n");

    Invocation plain = Invocation.of("validate", "-c", file);
    assertThat(plain.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(plain.out()).isEqualTo("valid, with 1 warning\n");
    assertThat(plain.err()).contains("revoke-deadline: 8s").doesNotContain("refused");

    Invocation strict = Invocation.of("validate", "--strict", "-c", file);
    assertThat(strict.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(strict.out()).isEmpty();
    assertThat(strict.err()).startsWith(plain.err()).endsWith("--strict takes no warning\n");
  }

  @Test
  void anErrorIsRefusedWithoutAWordOfStrict() throws IOException {
    String file = written("    timeout: soon\n");

    Invocation run = Invocation.of("validate", "--strict", "-c", file);

    assertThat(run.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(run.err()).contains("error: ").doesNotContain("--strict");
  }

  private String written(String more) throws IOException {
    String text =
        """
        name: worker
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders], group: orders, start: earliest}}
            handler: {log: {}}
        """;
    return Files.writeString(folder.resolve("made.yaml"), text + more).toString();
  }
}
