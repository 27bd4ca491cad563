package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.source.CreditLeft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How far polls run ahead of a loop whose turns the test gives. */
class PollAheadTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
  private static final int BYTES = 10; // of a record
  private static final long PLENTY = 1_000_000;

  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private final List<Long> taken = new ArrayList<>(); // offsets
  private final AtomicLong polled = new AtomicLong(); // the offset that the next poll begins with
  private long messages; // the loop's credit
  private long bytes; // the loop's credit
  private final PollAhead ahead = new PollAhead(turns::add, this::take);

  private void take(ConsumerRecords<byte[], byte[]> records) {
    records.forEach(each -> taken.add(each.offset()));
    credit(messages - records.count(), bytes - (long) BYTES * records.count());
  }

  private ConsumerRecords<byte[], byte[]> poll(int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(
          new ConsumerRecord<>(
              PARTITION.topic(),
              PARTITION.partition(),
              polled.getAndIncrement(),
              ConsumerRecord.NO_TIMESTAMP,
              TimestampType.NO_TIMESTAMP_TYPE,
              BYTES - 1,
              1,
              new byte[BYTES - 1],
              new byte[1],
              new RecordHeaders(),
              Optional.empty()));
    }
    return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
  }

  private void credit(long messages, long bytes) {
    this.messages = messages;
    this.bytes = bytes;
    ahead.left(new CreditLeft(messages, bytes));
  }

  private boolean sends(int count) {
    return ahead.send(poll(count));
  }

  private void turn() {
    turns.remove().run();
  }

  @Test
  void untilTheLoopHasSaidSomethingEachPollWaits() {
    assertThat(sends(1)).isFalse();
    assertThat(turns).isEmpty();
  }

  @Test
  void aPollMayFollowWhileThereIsCreditForWhatIsOnItsWay() {
    credit(10, PLENTY);

    assertThat(sends(4)).isTrue();
    assertThat(sends(5)).isTrue();
    assertThat(sends(1)).as("none would be left").isFalse();
    assertThat(taken).isEmpty();

    turn();
    assertThat(sends(1)).as("what is on its way counts until the loop has taken it").isFalse();
  }

  @Test
  void bytesCountLikewise() {
    credit(PLENTY, 10 * BYTES);

    assertThat(sends(4)).isTrue();
    assertThat(sends(5)).isTrue();
    assertThat(sends(1)).isFalse();
  }

  @Test
  void soManyAreOnTheirWayAtMostWhateverTheCredit() {
    credit(PLENTY, PLENTY);
    for (int i = 0; i < PollAhead.MOST_POLLS; i++) {
      assertThat(sends(1)).isTrue();
    }

    assertThat(sends(1)).isFalse();
    turn();
    assertThat(sends(1)).isTrue();
  }

  @Test
  void theLoopTakesThemInTheirOrder() {
    credit(10, PLENTY);
    assertThat(sends(3)).isTrue();
    assertThat(sends(3)).isTrue();

    turn();
    turn();
    credit(messages + 4, PLENTY); // some have ended

    assertThat(taken).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(sends(7)).as("all but one of what is left").isTrue();
    assertThat(sends(1)).isFalse();
  }

  @RepeatedTest(100)
  void whatHasBeenReadPassesTheMarkByOnePollAtMost(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int mark = 1 + random.nextInt(3_000);
    int most = 1 + random.nextInt(500);
    long read = 0; // and not ended
    boolean waits = false; // for the loop to have taken all
    credit(mark, PLENTY);
    for (int step = 0; step < 1_000; step++) {
      boolean flows = turns.isEmpty() && messages > 0;
      if ((flows || !waits) && random.nextInt(3) > 0) {
        ConsumerRecords<byte[], byte[]> records = poll(1 + random.nextInt(most));
        read += records.count();
        waits = !ahead.send(records);
        if (waits) {
          turns.add(() -> take(records));
        }
      } else if (!turns.isEmpty()) {
        turn();
        waits &= !turns.isEmpty() || messages <= 0; // then all are held back
      } else {
        long ended = read == 0 ? 0 : random.nextLong(read + 1);
        read -= ended;
        credit(messages + ended, PLENTY);
        waits = messages <= 0;
      }
      assertThat(read).isLessThan(mark + most);
    }
    assertThat(taken).isSorted();
  }

  @Test
  void withoutCreditEachPollWaits() {
    credit(0, PLENTY);
    assertThat(sends(1)).isFalse();
    credit(-5, PLENTY);
    assertThat(sends(1)).isFalse();
  }
}
