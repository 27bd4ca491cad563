package dev.tailrace.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.lifecycle.DrainConfig.Strategy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formulas of the drain's budget. */
final class DrainBudgetTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @ParameterizedTest
  @CsvSource({
    "25000, 5000", // 20 % is more than 3 s
    "10000, 3000", // 3 s is more than 20 %
    "60000, 12000",
    "5000, 2500", // never more than half
    "500, 250"
  })
  void theTailIsThreeSecondsOrAFifthAndAtMostHalf(long deadline, long tail) {
    DrainBudget budget = DrainBudget.of(within(deadline), TIMEOUT);

    assertThat(budget.tail()).isEqualTo(millis(tail));
    assertThat(budget.cancelAt()).isEqualTo(millis(deadline - tail));
  }

  @ParameterizedTest
  @CsvSource({
    "25000, 10000, 10000", // 25 s − 5 s − 10 s
    "25000, 19000, 5000", // at least 20 % of the deadline
    "25000, 600000, 5000",
    "60000, 10000, 38000",
    "500, 10000, 100"
  })
  void bufferedWorkStartsUntilTheLongestCallWouldNotFitAnyMore(
      long deadline, long timeout, long soft) {
    DrainBudget budget = DrainBudget.of(within(deadline), millis(timeout));

    assertThat(budget.startUntil()).isEqualTo(millis(soft));
  }

  @Test
  void whatIsConfiguredReplacesTheFormulasWithinTheirBounds() {
    DrainConfig config =
        new DrainConfig(millis(20_000), Strategy.BOUNDED, millis(19_000), millis(15_000));

    DrainBudget budget = DrainBudget.of(config, TIMEOUT);

    assertThat(budget.tail()).isEqualTo(millis(10_000));
    assertThat(budget.startUntil()).isEqualTo(millis(10_000));
  }

  @Test
  void theTailIsSharedAsHalfAFifthAndThreeTenths() {
    DrainBudget budget = DrainBudget.of(within(25_000), TIMEOUT);
    long abandoned = 20_000 + 750; // the grace, and half of it again to name what is left
    long rest = 25_000 - abandoned;

    assertThat(ends(budget))
        .containsExactly(
            millis(1_000),
            millis(4_750),
            millis(20_000),
            millis(abandoned),
            millis(abandoned + rest * 50 / 100),
            millis(abandoned + rest * 70 / 100),
            millis(abandoned + rest * 80 / 100),
            millis(abandoned + rest * 90 / 100),
            millis(25_000));
  }

  @ParameterizedTest
  @CsvSource({"500", "1000", "3000", "7777", "25000", "600000", "86400000"})
  void phasesEndInOrderAndTheLastAtTheDeadlineHoweverItIsForced(long deadline) {
    for (Strategy strategy : Strategy.values()) {
      DrainBudget budget =
          DrainBudget.of(new DrainConfig(millis(deadline), strategy, null, null), TIMEOUT);
      assertThat(ends(budget)).isSorted().last().isEqualTo(millis(deadline));
      for (long percent = 0; percent <= 120; percent += 5) {
        DrainBudget forced = budget.forced(millis(deadline * percent / 100));
        assertThat(ends(forced)).isSorted().last().isEqualTo(forced.deadline());
        assertThat(forced.deadline()).isLessThanOrEqualTo(budget.deadline());
        assertThat(forced.startUntil()).isLessThanOrEqualTo(budget.startUntil());
      }
    }
  }

  @Test
  void forcingLeavesOneTailFromNow() {
    DrainBudget forced = DrainBudget.of(within(25_000), TIMEOUT).forced(millis(2_000));

    assertThat(forced.startUntil()).isEqualTo(millis(2_000));
    assertThat(forced.cancelAt()).isEqualTo(millis(2_000));
    assertThat(forced.end(Phase.ABANDON)).isEqualTo(millis(2_750));
    assertThat(forced.deadline()).isEqualTo(millis(7_000));
  }

  @Test
  void aCooperativeDrainMayStartUpToTheTail() {
    DrainConfig config = DrainConfig.within(millis(25_000)).withStrategy(Strategy.COOPERATIVE);

    DrainBudget budget = DrainBudget.of(config, TIMEOUT);

    assertThat(budget.startUntil()).isEqualTo(millis(20_000));
    assertThat(budget.cancelAt()).isEqualTo(millis(20_000));
    assertThat(budget.asLongAsItFits()).isTrue();
    assertThat(budget.forced(millis(1_000)).asLongAsItFits()).isFalse();
  }

  @Test
  void anImmediateDrainStartsNothingAndCancelsAtOnce() {
    DrainConfig config = new DrainConfig(millis(25_000), Strategy.IMMEDIATE, null, null);

    DrainBudget budget = DrainBudget.of(config, TIMEOUT);

    assertThat(budget.startUntil()).isZero();
    assertThat(budget.cancelAt()).isZero();
    assertThat(budget.deadline()).isEqualTo(millis(25_000));
  }

  private static List<Duration> ends(DrainBudget budget) {
    return List.of(Phase.values()).stream().map(budget::end).toList();
  }

  private static DrainConfig within(long millis) {
    return DrainConfig.within(millis(millis));
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }
}
