package dev.tailrace.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.TestClassPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parts of {@code bench/} that use Tailrace are a build of their own, which only {@code
 * -Pbench} runs; whoever changes what they use sees it here. The other modules see only the frame.
 */
class BenchSourcesTest {
  @TempDir Path output;

  @Test
  void whatIsMeasuredCompilesAgainstTheSourcesOfToday() {
    List<SourceFile> files = new ArrayList<>();
    for (String module : List.of("frame", "clients", "micro")) {
      files.addAll(JavaSources.below(Path.of("bench", module, "src", "main", "java")));
    }

    assertThat(JavaSources.compile(files, TestClassPath.entries(), output)).isEmpty();
    assertThat(output.resolve("dev/tailrace/bench/clients/TailraceContender.class")).exists();
  }
}
