package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
  @TempDir private Path folder;

  /** Bash itself is asked what it would offer. */
  @Test
  void theScriptOffersTheCommandsThatBeginAsTyped() throws IOException, InterruptedException {
    Invocation invocation = Invocation.of("completion");
    assertThat(invocation.exitCode()).isEqualTo(ExitCode.OK);
    Path script = Files.writeString(folder.resolve("completion.sh"), invocation.out());

    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source "
                    + script
                    + "; COMP_WORDS=(tailrace re); COMP_CWORD=1;"
                    + " _complete_tailrace; echo ${COMPREPLY[*]}")
            .redirectErrorStream(true)
            .start();
    String offered = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bash.waitFor()).isZero();
    assertThat(offered.strip()).isEqualTo("resume reload report");
  }
}
