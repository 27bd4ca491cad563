package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.Handovers.Handover;
import dev.tailrace.app.RebalanceStorm.Kind;
import dev.tailrace.local.SharedServers;
import dev.tailrace.verify.Guarantee;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Three pools that come and go in order, with every kind of group membership. */
final class RebalanceStormIT {
  private static final RebalanceStorm.Size SIZE =
      new RebalanceStorm.Size(6_000, 5, Duration.ofMillis(1_500), 8, Duration.ofMillis(500));

  @TempDir private Path folder;

  static List<Kind> kinds() {
    return Kind.all();
  }

  static List<Kind> statics() {
    return Kind.all().stream().filter(Kind::statics).toList();
  }

  private RebalanceStorm storm(Kind kind) throws IOException {
    return new RebalanceStorm(kind, SIZE, SharedServers.get().kafka(), folder, 7);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whileMembersComeAndGoInOrderNothingIsLostAndNothingIsRepeated(Kind kind) throws Exception {
    Verdicts verdicts;
    try (RebalanceStorm storm = storm(kind)) {
      verdicts = storm.play();

      assertKept(storm, verdicts);
      assertThat(storm.produced()).isGreaterThanOrEqualTo(SIZE.messages());
      assertThat(storm.handovers().all()).isNotEmpty();
      assertThat(storm.handovers().overlaps()).as("two owners at a time").isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("statics")
  void aStaticMemberThatRestartsComesBackToItsPartitionsAndNobodyElseNotices(Kind kind)
      throws Exception {
    try (RebalanceStorm storm = storm(kind)) {
      storm.begin();
      int its = RebalanceStorm.PARTITIONS / 3;
      storm.leave("b");
      storm.produceAhead();
      storm.join();
      Verdicts verdicts = storm.end();

      Handovers handovers = storm.handovers();
      assertThat(handovers.disturbances()).as("taken from the others").isZero();
      assertThat(handovers.all()).hasSize(its).extracting(Handover::owner).containsOnly("b");
      assertKept(storm, verdicts);
    }
  }

  private static void assertKept(RebalanceStorm storm, Verdicts verdicts) {
    assertThat(verdicts.passed()).as(verdicts.toText()).isTrue();
    assertThat(verdicts.totals().messages()).isEqualTo(storm.produced());
    assertThat(verdicts.totals().finished()).isEqualTo(storm.produced());
    assertThat(verdicts.totals().repeated()).isZero();
    for (Guarantee guarantee : List.of(Guarantee.P1, Guarantee.P2, Guarantee.P3, Guarantee.P6)) {
      assertThat(verdicts.of(guarantee).kind()).isEqualTo(Verdict.Kind.HOLDS);
    }
  }
}
