package dev.tailrace.kafka;

import dev.tailrace.source.CreditLeft;
import io.vertx.core.Handler;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Lets the poll thread go on polling while the loop works, where the stream would have it wait for
 * the loop after each poll, so that each slept until the other one had woken it.
 *
 * <p>What a poll brought goes to the loop from here while credit is left beyond it, by what the
 * loop last said and less what is on its way there: so what has been read passes the mark by one
 * poll at most, as if each poll had waited for the loop. Where none is left, or too many polls are
 * on their way, the stream brings it there, and polls again afterwards. Both ways are turns of the
 * same loop, in the order of the polls.
 */
final class PollAhead {
  /** More would wait for a loop that does not keep up, and bring no rest to either. */
  static final int MOST_POLLS = 4;

  private final Executor loop;
  private final Handler<ConsumerRecords<byte[], byte[]>> polled;

  private CreditLeft left = CreditLeft.NONE; // guarded by this; as the loop last said
  private int polls; // guarded by this; on their way to the loop, as are:
  private long messages; // guarded by this
  private long bytes; // guarded by this

  /**
   * Makes it.
   *
   * @param polled takes in a turn of the loop what a poll brought
   */
  PollAhead(Executor loop, Handler<ConsumerRecords<byte[], byte[]>> polled) {
    this.loop = loop;
    this.polled = polled;
  }

  /**
   * Sends what a poll brought to the loop, unless the next poll has to wait for it. Poll thread.
   *
   * @return whether it is on its way; or else the stream brings it
   */
  boolean send(ConsumerRecords<byte[], byte[]> records) {
    long weight = weight(records);
    if (!begin(records.count(), weight)) {
      return false;
    }
    loop.execute(
        () -> {
          try {
            polled.handle(records);
          } finally {
            end(records.count(), weight);
          }
        });
    return true;
  }

  /** The credit that is left, after all that has come to the loop. Loop. */
  synchronized void left(CreditLeft credit) {
    left = credit;
  }

  private synchronized boolean begin(int count, long weight) {
    boolean credit = left.messages() > messages + count && left.bytes() > bytes + weight;
    if (!credit || polls == MOST_POLLS) {
      return false;
    }
    polls++;
    messages += count;
    bytes += weight;
    return true;
  }

  private synchronized void end(int count, long weight) {
    polls--;
    messages -= count;
    bytes -= weight;
  }

  private static long weight(ConsumerRecords<byte[], byte[]> records) {
    long weight = 0;
    for (ConsumerRecord<byte[], byte[]> each : records) {
      weight += KafkaMessage.weight(each);
    }
    return weight;
  }
}
