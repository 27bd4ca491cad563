package dev.tailrace.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.lifecycle.PhaseResult.Result;
import dev.tailrace.lifecycle.PhaseSequence.Step;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The phases of a drain run in order, each within its budget, whatever becomes of them. */
final class PhaseSequenceTest {
  private static final DrainBudget BUDGET =
      DrainBudget.of(DrainConfig.DEFAULT, Duration.ofSeconds(10));

  private final Simulation simulation = Simulation.seeded(3);
  private final SimulatedLoop loop = simulation.loop("drain");
  private final List<String> ran = new ArrayList<>();
  private final Map<Phase, Promise<String>> held = new EnumMap<>(Phase.class);
  private final AtomicInteger beats = new AtomicInteger();

  @Test
  void allNinePhasesRunInTheirOrder() {
    List<PhaseResult> results = run(sequence());

    assertThat(ran).containsExactlyElementsOf(labels());
    assertThat(results).extracting(PhaseResult::result).containsOnly(Result.DONE);
    assertThat(results).extracting(PhaseResult::detail).containsExactlyElementsOf(labels());
  }

  @Test
  void aPhaseThatHangsCostsItsBudgetAndTheNextOneRuns() {
    held.put(Phase.STOP_INTAKE, Promise.promise());

    List<PhaseResult> results = run(sequence());

    PhaseResult hung = of(Phase.STOP_INTAKE, results);
    assertThat(hung.result()).isEqualTo(Result.OVERRAN);
    assertThat(hung.duration()).isBetween(hung.budget(), hung.budget().plusMillis(10));
    assertThat(ran).containsExactlyElementsOf(labels());
  }

  @Test
  void evenIfAllPhasesHangTheSequenceEndsAtTheDeadline() {
    for (Phase phase : Phase.values()) {
      held.put(phase, Promise.promise());
    }

    List<PhaseResult> results = run(sequence());

    assertThat(results).extracting(PhaseResult::result).containsOnly(Result.OVERRAN);
    assertThat(Duration.ofNanos(simulation.nanos()))
        .isBetween(BUDGET.deadline(), BUDGET.deadline().plusMillis(50));
  }

  @Test
  void timeThatAPhaseDidNotUsePassesOn() {
    held.put(Phase.SETTLE, Promise.promise());

    List<PhaseResult> results = run(sequence());

    assertThat(of(Phase.SETTLE, results).budget())
        .isGreaterThan(BUDGET.cancelAt())
        .isLessThanOrEqualTo(BUDGET.end(Phase.SETTLE));
  }

  @Test
  void aPhaseThatFailsIsNotedAndTheNextOneRuns() {
    held.put(Phase.SETTLE, Promise.promise());
    held.get(Phase.SETTLE).fail("broker gone");

    List<PhaseResult> results = run(sequence());

    assertThat(of(Phase.SETTLE, results).failure()).hasMessage("broker gone");
    assertThat(of(Phase.SETTLE, results).result()).isEqualTo(Result.FAILED);
    assertThat(ran).containsExactlyElementsOf(labels());
  }

  @Test
  void aPhaseThatThrowsIsOneThatFails() {
    PhaseSequence sequence =
        sequence(
            List.of(
                new Step(
                    Phase.SETTLE,
                    budget -> {
                      throw new IllegalStateException("broken");
                    }),
                step(Phase.CLOSE_SOURCES)));

    List<PhaseResult> results = run(sequence);

    assertThat(results.get(0).failure()).hasMessage("broken");
    assertThat(ran).containsExactly("close-sources");
  }

  @Test
  void aFailureAfterItsPhaseIsKept() {
    Promise<String> late = Promise.promise();
    held.put(Phase.STOP_INTAKE, late);
    held.put(Phase.DRAIN, Promise.promise());
    PhaseSequence sequence = sequence();
    Future<List<PhaseResult>> over = begin(sequence);
    simulation.runUntil(() -> sequence.progress().current() == Phase.DRAIN);

    late.fail("too late");
    simulation.await(over);

    loop.turn(
        () ->
            assertThat(sequence.lateFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("too late")));
  }

  @Test
  void forcingEndsThePresentPhaseAndLeavesATail() {
    held.put(Phase.DRAIN, Promise.promise());
    PhaseSequence sequence = sequence();
    Future<List<PhaseResult>> over = begin(sequence);
    simulation.runUntil(() -> sequence.progress().current() == Phase.DRAIN);
    simulation.runFor(Duration.ofSeconds(2));

    loop.turn(() -> sequence.tighten(BUDGET.forced(Duration.ofSeconds(2))));
    List<PhaseResult> results = simulation.await(over);

    assertThat(of(Phase.DRAIN, results).duration())
        .isBetween(Duration.ofMillis(1_990), Duration.ofMillis(2_010));
    assertThat(sequence.progress().budget().deadline()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aDrainIsNeverExtended() {
    PhaseSequence sequence = sequence();
    DrainBudget longer =
        DrainBudget.of(DrainConfig.within(Duration.ofMinutes(1)), Duration.ofSeconds(10));

    loop.turn(
        () ->
            assertThatThrownBy(() -> sequence.tighten(longer))
                .isInstanceOf(IllegalArgumentException.class));
  }

  @Test
  void progressSaysWhatIsUnderWayAndWhatIsOver() {
    held.put(Phase.DRAIN, Promise.promise());
    PhaseSequence sequence = sequence();
    assertThat(sequence.progress().current()).isNull();
    Future<List<PhaseResult>> over = begin(sequence);
    simulation.runUntil(() -> sequence.progress().current() == Phase.DRAIN);

    assertThat(sequence.progress().ended()).hasSize(2);
    assertThat(sequence.progress().over()).isFalse();
    held.get(Phase.DRAIN).complete("done");
    simulation.await(over);
    assertThat(sequence.progress().over()).isTrue();
    assertThat(sequence.progress().current()).isNull();
  }

  @Test
  void itBeatsWhileItRunsAndNotAfterwards() {
    held.put(Phase.DRAIN, Promise.promise());
    PhaseSequence sequence = sequence();
    Future<List<PhaseResult>> over = begin(sequence);
    simulation.runFor(Duration.ofSeconds(2));
    int during = beats.get();
    held.get(Phase.DRAIN).complete("done");
    simulation.await(over);
    simulation.runFor(Duration.ofSeconds(1));
    int after = beats.get();
    simulation.runFor(Duration.ofSeconds(5));

    assertThat(during).isBetween(9, 11);
    assertThat(beats.get()).isEqualTo(after);
  }

  @Test
  void phasesOutOfOrderAreRefused() {
    List<Step> wrong = List.of(step(Phase.SETTLE), step(Phase.DRAIN));

    assertThatThrownBy(() -> sequence(wrong)).hasMessage("phases out of order: drain");
  }

  private PhaseSequence sequence() {
    return sequence(Arrays.stream(Phase.values()).map(this::step).toList());
  }

  private PhaseSequence sequence(List<Step> steps) {
    DrainProgress begin = DrainProgress.begun(loop.wall(), loop.nanos(), BUDGET);
    return new PhaseSequence(loop, steps, begin, beats::incrementAndGet);
  }

  private Step step(Phase phase) {
    return new Step(
        phase,
        budget -> {
          ran.add(phase.label());
          Promise<String> promise = held.get(phase);
          return promise == null ? Future.succeededFuture(phase.label()) : promise.future();
        });
  }

  private List<PhaseResult> run(PhaseSequence sequence) {
    return simulation.await(begin(sequence));
  }

  private Future<List<PhaseResult>> begin(PhaseSequence sequence) {
    Promise<List<PhaseResult>> over = Promise.promise();
    loop.turn(() -> sequence.run().onComplete(over));
    return over.future();
  }

  private static PhaseResult of(Phase phase, List<PhaseResult> results) {
    return results.stream().filter(one -> one.phase() == phase).findFirst().orElseThrow();
  }

  private static List<String> labels() {
    return Arrays.stream(Phase.values()).map(Phase::label).toList();
  }
}
