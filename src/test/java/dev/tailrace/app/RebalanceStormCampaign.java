package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.RebalanceStorm.Kind;
import dev.tailrace.local.SharedServers;
import dev.tailrace.verify.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The storm of {@link RebalanceStormIT} at length: 300 changes of each kind of group, two million
 * messages in all; {@code -Dstorm.changes} and {@code -Dstorm.messages} (of each kind) say less.
 */
final class RebalanceStormCampaign {
  private static final RebalanceStorm.Size SIZE =
      new RebalanceStorm.Size(
          Integer.getInteger("storm.messages", 500_000),
          Integer.getInteger("storm.changes", 300),
          Duration.ofSeconds(3));

  @TempDir private Path folder;

  static List<Kind> kinds() {
    return Kind.all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void inALongStormNothingIsLostAndNothingIsRepeated(Kind kind) throws Exception {
    Verdicts verdicts;
    try (RebalanceStorm storm =
        new RebalanceStorm(kind, SIZE, SharedServers.get().kafka(), folder)) {
      verdicts = storm.play();
    }

    assertThat(verdicts.passed()).as(verdicts.toText()).isTrue();
    assertThat(verdicts.totals().finished()).isEqualTo(SIZE.messages());
    assertThat(verdicts.totals().repeated()).isZero();
  }
}
