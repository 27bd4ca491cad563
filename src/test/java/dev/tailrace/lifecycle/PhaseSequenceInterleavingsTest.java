package dev.tailrace.lifecycle;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whenever the progress is read, it is one that was: its phase follows those that have ended. */
final class PhaseSequenceInterleavingsTest {
  private static final DrainBudget BUDGET =
      DrainBudget.of(DrainConfig.within(Duration.ofMinutes(1)), Duration.ZERO);

  @Test
  void theProgressIsWholeAndNeverGoesBack() {
    Interleavings.ofStory(
        "PhaseSequence",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          DrainProgress begin = DrainProgress.begun(Instant.EPOCH, loop.nanos(), BUDGET);
          PhaseSequence sequence =
              new PhaseSequence(
                  loop, List.of(step(Phase.UNREADY), step(Phase.DRAIN)), begin, () -> {});
          Race.between(
              () -> {
                Future<List<PhaseResult>> unused = sequence.run();
                sequence.tighten(BUDGET.forced(Duration.ZERO));
                loop.drain();
              },
              () -> {
                DrainProgress earlier = sequence.progress();
                requireWhole(earlier);
                DrainProgress later = sequence.progress();
                requireWhole(later);
                Race.require(later.ended().size() >= earlier.ended().size(), "went back");
                Race.require(
                    later.budget().deadline().compareTo(earlier.budget().deadline()) <= 0,
                    "was extended");
              });
          Race.require(sequence.progress().ended().size() == 2, "not over");
        });
  }

  private static void requireWhole(DrainProgress progress) {
    Phase expected = List.of(Phase.UNREADY, Phase.DRAIN, Phase.SETTLE).get(progress.ended().size());
    Race.require(
        progress.current() == null || progress.current() == expected,
        progress.current() + " after " + progress.ended().size());
  }

  private static PhaseSequence.Step step(Phase phase) {
    return new PhaseSequence.Step(phase, left -> Future.succeededFuture(""));
  }
}
