package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A canary is in reach of whatever part of a cluster loses its records. */
class ClusterCanariesTest {
  @Test
  void canariesLieInEveryPartOfTheSlots() {
    List<Integer> slots = ClusterCanaries.slots();

    assertThat(slots).hasSize(ClusterCanaries.COUNT);
    for (int i = 0; i < slots.size(); i++) {
      assertThat(slots.get(i) / ClusterCanaries.SPACING).isEqualTo(i);
    }
  }
}
