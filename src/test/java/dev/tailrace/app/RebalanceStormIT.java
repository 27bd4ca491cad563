package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.RebalanceStorm.Kind;
import dev.tailrace.local.SharedServers;
import dev.tailrace.verify.Guarantee;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Three pools that come and go in order, with every kind of group membership. */
final class RebalanceStormIT {
  private static final RebalanceStorm.Size SIZE =
      new RebalanceStorm.Size(12_000, 5, Duration.ofMillis(1_500));

  @TempDir private Path folder;

  static List<Kind> kinds() {
    return Kind.all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whileMembersComeAndGoInOrderNothingIsLostAndNothingIsRepeated(Kind kind) throws Exception {
    Verdicts verdicts;
    try (RebalanceStorm storm =
        new RebalanceStorm(kind, SIZE, SharedServers.get().kafka(), folder)) {
      verdicts = storm.play();
    }

    assertThat(verdicts.passed()).as(verdicts.toText()).isTrue();
    assertThat(verdicts.totals().messages()).isEqualTo(SIZE.messages());
    assertThat(verdicts.totals().finished()).isEqualTo(SIZE.messages());
    assertThat(verdicts.totals().repeated()).isZero();
    for (Guarantee guarantee : List.of(Guarantee.P1, Guarantee.P2, Guarantee.P3, Guarantee.P6)) {
      assertThat(verdicts.of(guarantee).kind()).isEqualTo(Verdict.Kind.HOLDS);
    }
  }
}
