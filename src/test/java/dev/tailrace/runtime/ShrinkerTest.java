package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A planted fault in a toy world is shrunk to the least that shows it. */
final class ShrinkerTest {
  /**
   * A shop in which customers come, take any number of things, and pay or do not. Its fault: who
   * takes more than seven things and does not pay breaks it, if anybody had paid before.
   */
  private static final class Shop {
    private final List<String> story = new ArrayList<>();

    static Shop open(Choices choices) {
      Shop shop = new Shop();
      boolean anyPaid = false;
      int customers = choices.pick(30);
      for (int i = 0; i < customers; i++) {
        int things = choices.pick(20);
        boolean pays = choices.pick(3) > 0;
        shop.story.add(things + (pays ? " paid" : " stolen"));
        if (things > 7 && !pays && anyPaid) {
          throw new IllegalStateException(String.join(", ", shop.story));
        }
        anyPaid |= pays;
      }
      return shop;
    }
  }

  private static boolean fails(List<Integer> picks) {
    try {
      Shop.open(ReplayedChoices.of(1, picks));
      return false;
    } catch (IllegalStateException fault) {
      return true;
    }
  }

  @Test
  void everyFailingSeedIsShrunkToTheSameLeastRun() {
    int failing = 0;
    for (long seed = 0; seed < 200; seed++) {
      RecordedChoices recorded = new RecordedChoices(Choices.seeded(seed));
      try {
        Shop.open(recorded);
      } catch (IllegalStateException fault) {
        failing++;
        List<Integer> least = Shrinker.shrink(recorded.picks(), 2_000, ShrinkerTest::fails);

        // two customers: one who takes nothing and pays, one who takes eight and does not
        assertThat(least).as("seed %d", seed).isEqualTo(List.of(2, 0, 1, 8));
      }
    }
    assertThat(failing).isGreaterThan(50);
  }

  @Test
  void aBudgetOfRunsIsKept() {
    RecordedChoices recorded = new RecordedChoices(Choices.seeded(1));
    List<Integer> picks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      picks.add(recorded.pick(9));
    }
    List<List<Integer>> runs = new ArrayList<>();

    List<Integer> least =
        Shrinker.shrink(
            picks,
            10,
            candidate -> {
              runs.add(candidate);
              return candidate.size() > 3;
            });

    assertThat(runs).hasSizeLessThanOrEqualTo(10);
    assertThat(least).hasSizeGreaterThan(3).hasSizeLessThan(100);
  }

  @Test
  void recordedPicksRepeatTheRun() {
    RecordedChoices recorded = new RecordedChoices(Choices.seeded(7));
    List<Integer> first = new ArrayList<>();
    List<Integer> second = new ArrayList<>();
    for (int bound = 2; bound < 50; bound++) {
      first.add(recorded.pick(bound));
    }
    ReplayedChoices replayed = ReplayedChoices.of(7, recorded.picks());
    for (int bound = 2; bound < 50; bound++) {
      second.add(replayed.pick(bound));
    }

    assertThat(second).isEqualTo(first);
    assertThat(replayed.pick(9)).as("after the end").isZero();
    assertThat(replayed.dice(3).nextLong()).isEqualTo(Choices.seeded(7).dice(3).nextLong());
  }
}
