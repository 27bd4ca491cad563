package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.TestClassPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seed is a run, byte for byte, also in another JVM with other salts and other addresses. */
final class ReproductionTest {
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final long SEEDS = 200;

  private final Path folder;

  ReproductionTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void twoHundredSeedsLogTheSameBytesInTwoJvms() throws Exception {
    Process other = otherJvm(SEED, SEED + SEEDS);
    try {
      List<String> here = EventLogHashes.of(SEED, SEED + SEEDS, folder);
      List<String> there = new ArrayList<>();
      other.inputReader().lines().forEach(there::add);

      assertThat(other.waitFor()).isZero();
      assertThat(there).isEqualTo(here);
      assertThat(here).hasSize((int) SEEDS);
      assertThat(here.stream().map(line -> line.split(" ", -1)[1]).distinct())
          .as("different seeds are different runs")
          .hasSize((int) SEEDS);
    } finally {
      other.destroyForcibly();
    }
  }

  private static Process otherJvm(long from, long to) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-ea",
            "-Xmx512m",
            "-cp",
            TestClassPath.joined(),
            EventLogHashes.class.getName(),
            Long.toString(from),
            Long.toString(to))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
