package dev.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The page of the benchmarks says what the results do, and why where ours is behind. */
class BenchmarksPageTest {
  @Test
  void thePageIsAsTheResultsSay() throws Exception {
    assertThat(Files.readString(BenchmarksPage.PAGE))
        .isEqualTo(BenchmarksPage.page(BenchResults.read()));
  }

  @Test
  void aPeerThatIsFasterHasItsReason() throws Exception {
    assertThat(BenchmarksPage.page(BenchResults.read())).doesNotContain(PeersBeside.UNEXPLAINED);
  }
}
