package dev.tailrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.verify.Leg.End;
import dev.tailrace.verify.Leg.Facts;
import dev.tailrace.verify.Leg.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Legs come together, whether they fit in memory or not, and say what they were made of. */
final class LegSorterTest {
  private static final int MESSAGES = 300;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 1_000_000})
  void everyMessageHasItsLegsInTheOrderOfTheirOwners(int inMemory) throws IOException {
    List<String> groups = new ArrayList<>();
    try (LegSorter sorter = new LegSorter(LegSorter.By.MESSAGE, inMemory)) {
      for (Leg leg : shuffled()) {
        sorter.add(leg.pack());
      }
      sorter.forEach(legs -> groups.add(print(legs)));
    }

    List<String> expected = new ArrayList<>();
    for (int message = 0; message < MESSAGES; message++) {
      expected.add("%d: 0/1 0/2 1/1".formatted(message));
    }
    assertThat(groups).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 1_000_000})
  void everyKeyHasItsLegsInTheOrderOfTheirFences(int inMemory) throws IOException {
    List<Integer> sizes = new ArrayList<>();
    try (LegSorter sorter = new LegSorter(LegSorter.By.KEY, inMemory)) {
      for (Leg leg : shuffled()) {
        sorter.add(leg.pack());
      }
      sorter.forEach(
          legs -> {
            sizes.add(legs.size());
            assertThat(legs).extracting(Leg::fence).isSorted();
            assertThat(legs.stream().map(leg -> leg.place().keyHash()).distinct()).hasSize(1);
          });
    }

    assertThat(sizes).hasSize(MESSAGES / 2).containsOnly(6);
  }

  @Test
  void aPackedLegSaysWhatItWasMadeOf() {
    Place place = new Place(7, new Position(1L << 50, -3), -1);
    Leg leg =
        new Leg(
            place,
            End.FORGOTTEN,
            Leg.STARTED | Leg.UNSAID,
            new Facts(1 << 30, 1L << 60, Long.MAX_VALUE, 70_000, 69_999, 1L << 45));

    Leg read = Leg.unpack(leg.pack());

    assertThat(read).usingRecursiveComparison().isEqualTo(leg);
    assertThat(read.has(Leg.UNSAID)).isTrue();
    assertThat(read.has(Leg.LATE)).isFalse();
  }

  /** Two messages of a key, each with three legs of two owners. */
  private static List<Leg> shuffled() {
    List<Leg> legs = new ArrayList<>();
    for (int message = 0; message < MESSAGES; message++) {
      Place place = new Place(0, new Position(message, Position.OFFSET), message % (MESSAGES / 2));
      for (int[] at : new int[][] {{0, 1}, {0, 2}, {1, 1}}) {
        legs.add(
            new Leg(place, End.DONE, 0, new Facts(at[0], at[1], message + at[1], 1, 0, message)));
      }
    }
    Collections.shuffle(legs, new Random(1));
    return legs;
  }

  private static String print(List<Leg> legs) {
    StringBuilder text = new StringBuilder(legs.get(0).place().position() + ":");
    legs.forEach(leg -> text.append(' ').append(leg.ownership()).append('/').append(leg.seq()));
    return text.toString();
  }
}
