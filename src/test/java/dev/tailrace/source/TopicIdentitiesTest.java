package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which partitions are read of a topic that is another one by now. */
class TopicIdentitiesTest {
  private static final Partition FIRST = new Partition("orders/1", 1);
  private static final Partition NEXT = new Partition("orders/1", 2);

  private final TopicIdentities<String> ids = new TopicIdentities<>();

  @Test
  void whatIsReadWhenTheTopicIsMadeAnewBeginsAgain() {
    starts(FIRST, new Position(5, ""), 5);
    assertThat(looks(FIRST, "old")).isFalse();
    assertThat(looks(FIRST, "old")).isFalse();
    assertThat(looks(FIRST, "new")).isTrue();
  }

  @Test
  void aPositionOfTheOldTopicIsNotBelievedByWhoSawIt() {
    ids.there("orders", "old");
    starts(NEXT, new Position(5, ""), 5);
    assertThat(looks(NEXT, "new")).isTrue();
  }

  @Test
  void aPositionBelowTheEndThatWasPassedIsNotBelievedEither() {
    starts(FIRST, new Position(3, ""), 3);
    assertThat(looks(FIRST, "old")).isFalse();
    starts(NEXT, null, 3); // its log was found to end before what was to be read next
    assertThat(looks(NEXT, "new")).isTrue();
  }

  @Test
  void whatBeginsAtTheOldestMessageBeginsNoSecondTime() {
    ids.there("orders", "old");
    starts(NEXT, null, 0);
    assertThat(looks(NEXT, "new")).isFalse();
    assertThat(looks(NEXT, "new")).isFalse();
  }

  @Test
  void metadataAboveTheOldestMessageIsNotBelievedEither() {
    ids.there("orders", "old");
    starts(NEXT, new Position(0, "finished above"), 0);
    assertThat(looks(NEXT, "new")).isTrue();
  }

  @Test
  void aPartitionThatWasCommittedInTheNewTopicGoesOnThere() {
    ids.there("orders", "old");
    starts(FIRST, null, 0);
    assertThat(looks(FIRST, "new")).isFalse();
    ids.committed(FIRST);
    starts(NEXT, new Position(5, ""), 5);
    assertThat(looks(NEXT, "new")).isFalse();
  }

  @Test
  void aPositionThatIsCommittedBeforeTheTopicIsLookedAtIsBelieved() {
    ids.there("orders", "old");
    starts(FIRST, null, 0);
    ids.committed(FIRST);
    assertThat(looks(FIRST, "new")).isFalse();
    starts(NEXT, new Position(5, ""), 5);
    assertThat(looks(NEXT, "new")).isFalse();
  }

  @Test
  void whoWasLostBeforeItsFirstCommitInTheNewTopicBeginsThereAgain() {
    starts(FIRST, new Position(5, ""), 5);
    assertThat(looks(FIRST, "old")).isFalse();
    ids.committed(FIRST);
    starts(FIRST, null, 0);
    assertThat(looks(FIRST, "new")).isTrue();
    Partition again = new Partition(FIRST.source(), 3);
    starts(again, null, 0);
    assertThat(looks(again, "new")).isFalse();
    Partition after = new Partition(FIRST.source(), 4);
    starts(after, new Position(7, ""), 7); // where the old topic stood: nobody has said otherwise
    assertThat(looks(after, "new")).isTrue();
  }

  @Test
  void whoNeverSawTheOldTopicGoesOnWhereItIsCommitted() {
    starts(FIRST, new Position(5, ""), 5);
    assertThat(looks(FIRST, "new")).isFalse();
  }

  private void starts(Partition partition, @Nullable Position committed, long start) {
    ids.started(List.of(new StartingPoint(partition, committed, start, null)));
  }

  private boolean looks(Partition partition, String id) {
    ids.there("orders", id);
    ids.assigned(Set.of(partition));
    return ids.isRemade(partition, "orders", id);
  }
}
