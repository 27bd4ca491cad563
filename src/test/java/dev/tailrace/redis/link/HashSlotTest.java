package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Keys are in the slots that the Redis Cluster specification says. */
class HashSlotTest {
  @Test
  void theChecksumIsThatOfTheSpecification() {
    assertThat(HashSlot.of("123456789")).isEqualTo(0x31c3);
  }

  @Test
  void slotsAreThoseThatServersAnswer() { // CLUSTER KEYSLOT of a 6.2
    assertThat(HashSlot.of("")).isZero();
    assertThat(HashSlot.of("foo")).isEqualTo(12_182);
    assertThat(HashSlot.of("bar")).isEqualTo(5_061);
    assertThat(HashSlot.of("hello")).isEqualTo(866);
    assertThat(HashSlot.of("somekey")).isEqualTo(11_058);
  }

  @Test
  void onlyTheFirstTagCountsAndNoneThatIsEmpty() {
    assertThat(HashSlot.of("{user1000}.following")).isEqualTo(HashSlot.of("user1000"));
    assertThat(HashSlot.of("{user1000}.followers")).isEqualTo(HashSlot.of("user1000"));
    assertThat(HashSlot.of("foo{{bar}}zap")).isEqualTo(HashSlot.of("{bar"));
    assertThat(HashSlot.of("foo{bar}{zap}")).isEqualTo(HashSlot.of("bar"));
    assertThat(HashSlot.of("foo{}{bar}")).isEqualTo(8_363);
    assertThat(HashSlot.of("foo{hash_tag}")).isEqualTo(2_515);
    assertThat(HashSlot.of("bar{hash_tag}")).isEqualTo(2_515);
  }
}
