package dev.tailrace.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which partitions are read of a topic that is another one by now. */
class TopicIdentitiesTest {
  private static final Partition FIRST = new Partition("orders/1", 1);
  private static final Partition NEXT = new Partition("orders/1", 2);

  private final TopicIdentities ids = new TopicIdentities();

  @Test
  void whatIsReadWhenTheTopicIsMadeAnewBeginsAgain() {
    starts(FIRST, new Position(5, ""), 5);
    assertThat(looks(FIRST, "old")).isFalse();
    assertThat(looks(FIRST, "old")).isFalse();
    assertThat(looks(FIRST, "new")).isTrue();
  }

  @Test
  void aPositionOfTheOldTopicIsNotBelievedByWhoSawIt() {
    there("old");
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
    there("old");
    starts(NEXT, null, 0);
    assertThat(looks(NEXT, "new")).isFalse();
    assertThat(looks(NEXT, "new")).isFalse();
  }

  @Test
  void metadataAboveTheOldestMessageIsNotBelievedEither() {
    there("old");
    starts(NEXT, new Position(0, "finished above"), 0);
    assertThat(looks(NEXT, "new")).isTrue();
  }

  @Test
  void aPartitionThatWasCommittedInTheNewTopicGoesOnThere() {
    there("old");
    starts(FIRST, null, 0);
    assertThat(looks(FIRST, "new")).isFalse();
    ids.committed(FIRST);
    starts(NEXT, new Position(5, ""), 5);
    assertThat(looks(NEXT, "new")).isFalse();
  }

  @Test
  void aPositionThatIsCommittedBeforeTheTopicIsLookedAtIsBelieved() {
    there("old");
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

  /** By whoever read it there before, and gave it back in order. */
  @Test
  void aPositionThatSaysThatItIsOfTheNewTopicIsBelieved() {
    there("old");
    assertThat(there("new")).isTrue();
    resumes(NEXT, "new");
    assertThat(looks(NEXT, "new")).isFalse();
    Partition after = new Partition(NEXT.source(), 3);
    starts(after, new Position(5, ""), 5); // by an older version, which kept no id
    assertThat(looks(after, "new")).isFalse();
  }

  @Test
  void whatIsMadeAnewBetweenTheStartAndTheFirstLookBeginsAgain() {
    there("old");
    there("new");
    resumes(NEXT, "new");
    assertThat(looks(NEXT, "newer")).isTrue();
  }

  /** The first answer tells of the last topic alone, and another one was read until then. */
  @Test
  void whatBeganAtTheOldestMessageOfATopicThatIsMadeAnewBeforeTheFirstAnswerBeginsAgain() {
    there("old");
    begins(NEXT, null, 0, "new");
    assertThat(looks(NEXT, "newer")).isTrue();
    Partition after = new Partition(NEXT.source(), 3);
    begins(after, null, 0, "newer");
    assertThat(looks(after, "newer")).isFalse();
    assertThat(looks(after, "newer")).isFalse();
  }

  @Test
  void soDoesWhatWasResumedAtAPositionWithoutAnId() {
    begins(FIRST, new Position(5, ""), 5, "old");
    assertThat(looks(FIRST, "new")).isTrue();
    begins(NEXT, new Position(5, ""), 5, "new");
    assertThat(looks(NEXT, "new")).as("where the old topic stood").isTrue();
  }

  @Test
  void aPositionThatSaysThatItIsOfAnotherTopicIsNotBelieved() {
    there("old");
    there("new");
    PositionMetadata old = PositionMetadata.NONE.ofLog(id("old"));
    begins(NEXT, new Position(5, old.encode(5)), 5, "new");
    assertThat(looks(NEXT, "new")).isTrue();
  }

  private void resumes(Partition partition, String topic) {
    PositionMetadata metadata = PositionMetadata.NONE.ofLog(id(topic));
    begins(partition, new Position(5, metadata.encode(5)), 5, topic);
  }

  private void begins(Partition partition, @Nullable Position committed, long start, String topic) {
    ids.started(List.of(new StartingPoint(partition, committed, start, null, id(topic))));
  }

  private static UUID id(String topic) {
    return UUID.nameUUIDFromBytes(topic.getBytes(UTF_8));
  }

  private boolean there(String topic) {
    return ids.there("orders", id(topic));
  }

  private void starts(Partition partition, @Nullable Position committed, long start) {
    ids.started(List.of(new StartingPoint(partition, committed, start, null)));
  }

  private boolean looks(Partition partition, String topic) {
    there(topic);
    ids.assigned(Set.of(partition));
    return ids.isRemade(partition, "orders", id(topic));
  }
}
