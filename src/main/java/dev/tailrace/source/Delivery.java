package dev.tailrace.source;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way through the pool; it carries its own way home. Belongs to the event loop
 * of its source. Exactly one of {@link #settle}, {@link #release} or neither (abandoned) is called.
 */
public interface Delivery {
  /** The message. */
  Message message();

  /**
   * Where it lies at its broker. That is its message's origin, save where it came through a tier of
   * retries: then it is its place in the tier.
   */
  default Origin position() {
    return message().origin();
  }

  /** What it brings along from the tier of retries through which it came; null where from none. */
  default @Nullable Retried retried() {
    return null;
  }

  /**
   * What tells its key from others of its source, where messages are ordered by key: the bytes of
   * the key, or else something that equals that of equal keys, and of no others. Null where it has
   * none.
   */
  default @Nullable Object laneKey() {
    return message().key();
  }

  /** The assignment under which it came. */
  Partition partition();

  /** What it weighs against the byte bound: key, body and headers; at least 1. */
  int bytes();

  /**
   * Whether it may be started now, or moved to where it waits for a later attempt: not where, as
   * far as clocks tell, others may have got it by now. A process that stood still does not know yet
   * what it has lost; the message waits until its source does.
   */
  default boolean mayStart() {
    return true;
  }

  /** How often the broker says it delivered this message, from 1; evidence, not attempts. */
  int deliveries();

  /**
   * Whether this message may have ended two processes or more, as the source counts them: it runs
   * alone in its process, and {@link #countStart} goes before.
   */
  default boolean suspected() {
    return false;
  }

  /** How often it ran alone when its process ended, as the source counts that. */
  default int deaths() {
    return 0;
  }

  /**
   * Counts a start of a suspected message before it starts. Completes with whether that is written;
   * never fails. {@link #settle}, {@link #release} and {@link #rests} end it.
   */
  default Future<Boolean> countStart() {
    return Future.succeededFuture(true);
  }

  /** The handler has ended, and the message is settled, released or tried again next. */
  default void rests() {}

  /**
   * After {@link #countStart}, and what ended it: completes when that end is written too, so that
   * the process may end for the sake of others; never fails.
   */
  default Future<?> endWritten() {
    return Future.succeededFuture();
  }

  /** Whether the commit metadata says that it finished in an earlier epoch; it is not run again. */
  boolean finishedBefore();

  /**
   * The message is finished: its position may pass, its entry may be acknowledged. Network work
   * follows later and coalesced; {@link Source#flush} joins it. After the end of its epoch this
   * moves no position; a Redis entry is still acknowledged, since the work is done.
   */
  void settle();

  /**
   * Whether its message is on its way into a tier of retries, which may take it away from where it
   * lies before {@link #settle} is called: until then it is no news that it is not there.
   */
  default void moving(boolean now) {}

  /**
   * The message goes back unfinished; what the broker has to be told, {@link Source#giveBack}
   * tells.
   */
  void release();
}
