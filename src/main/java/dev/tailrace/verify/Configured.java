package dev.tailrace.verify;

import dev.tailrace.verify.Expectations.Order;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The limits that a process began a pipeline with, as its log tells them; -1 for what it does not
 * tell.
 *
 * @param order which messages run one after the other, or null
 * @param concurrency messages executing at once
 * @param buffer messages waiting or parked
 * @param poll by how many a read may pass that, all consumers together
 * @param window how far above the lowest unfinished position a message may begin; 0 for no limit
 * @param parked retries that wait
 * @param attempts reported failures that make a message exhausted
 * @param store where keys are claimed: none, memory, redis
 * @param leaseMillis how long a claim lasts unless it is renewed, which is done at a third
 * @param retentionMillis how long the store remembers what is finished
 * @param atMostOnce whether a store outlives the process, so that a kill repeats nothing marked
 * @param deadLetters whether there is a destination for exhausted messages
 * @param idleMillis how long an entry of a silent consumer stays with it; 0 for no such thing
 * @param replaces whether what was configured for the pipeline before is gone
 */
record Configured(
    @Nullable Order order,
    long concurrency,
    long buffer,
    long poll,
    long window,
    long parked,
    long attempts,
    String store,
    long leaseMillis,
    long retentionMillis,
    boolean atMostOnce,
    boolean deadLetters,
    long idleMillis,
    boolean replaces) {

  /** Reads the detail of the event. */
  static Configured parse(@Nullable String detail) {
    String grade = EventWords.word(detail, "grade");
    String store = EventWords.word(detail, "store");
    return new Configured(
        order(EventWords.word(detail, "order")),
        EventWords.number(detail, "concurrency"),
        EventWords.number(detail, "buffer"),
        EventWords.number(detail, "poll"),
        EventWords.number(detail, "window"),
        EventWords.number(detail, "parked"),
        EventWords.number(detail, "attempts"),
        store == null ? "none" : store,
        EventWords.number(detail, "lease"),
        EventWords.number(detail, "retention"),
        grade != null && !grade.equals("A"),
        "yes".equals(EventWords.word(detail, "dlq")),
        EventWords.number(detail, "idle"),
        EventWords.word(detail, "replaces") != null);
  }

  /**
   * As this, for one more verticle of the pipeline, deployed by itself with these limits; or as
   * they are, where they replace these.
   */
  Configured plus(Configured more) {
    return more.replaces
        ? more
        : new Configured(
            order,
            concurrency + more.concurrency,
            buffer + more.buffer,
            poll + more.poll,
            window,
            parked + more.parked,
            attempts,
            store,
            leaseMillis,
            retentionMillis,
            atMostOnce,
            deadLetters,
            idleMillis,
            replaces);
  }

  private static @Nullable Order order(@Nullable String name) {
    for (Order order : Order.values()) {
      if (order.name().toLowerCase(Locale.ROOT).equals(name)) {
        return order;
      }
    }
    return null;
  }
}
