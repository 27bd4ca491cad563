package dev.tailrace.runtime;

import dev.tailrace.runtime.Batcher.BatcherLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Batcher} that does not take unknown for an answer: it sends the same item again, with
 * growing pauses, until the destination has given a final reply, nobody wants it any more, or it
 * was told to give up. Belongs to its loop.
 *
 * <p>What waits to be sent again is bounded by what its callers may have in flight, as in a
 * batcher; all of it leaves together when the pause is over.
 *
 * @param <T> what is submitted; sending it twice must do no harm
 * @param <R> what is answered for each
 */
public final class ResendingBatcher<T, R> {
  private final Loop loop;
  private final Destination<T, R> destination;
  private final Pauses pauses;
  private final Batcher<T, R> batcher;

  private final List<Item<T, R>> waiting = new ArrayList<>(); // event loop only
  private final List<Flush> flushes = new ArrayList<>(); // event loop only
  private @Nullable Timer timer; // event loop only; set while something waits
  private Duration pause; // event loop only
  private long submitted; // event loop only
  private long flushed; // event loop only
  private long unknown; // event loop only
  private int resending; // event loop only; items that got no final reply at first
  private boolean givingUp; // event loop only

  /** Where items go. */
  public interface Destination<T, R> {
    /** Sends; one reply per item, in order. A failed future makes all of them unknown. */
    Future<List<Reply<R>>> send(List<T> items);

    /** Whether sending the item again cannot change this reply; an ok always is final. */
    default boolean isFinal(Reply<R> reply) {
      return reply.isOk();
    }

    /** Whether somebody still waits for this item; asked before it is sent again. */
    default boolean isWanted(T item) {
      return true;
    }

    /** Items begin to be sent again; {@code cause} is what became of the first. */
    default void resendingBegins(Throwable cause) {}

    /** No item is sent again any more. */
    default void resendingEnds() {}
  }

  /**
   * The pauses before sending again, each twice the one before, and shortened at random by up to a
   * half so that instances do not move in step.
   *
   * @param first above zero
   * @param most at least {@code first}
   */
  public record Pauses(Duration first, Duration most) {
    /** From 50 ms to 1 s. */
    public static final Pauses DEFAULT = new Pauses(Duration.ofMillis(50), Duration.ofSeconds(1));

    /** Refuses pauses that are not positive and in order. */
    public Pauses {
      if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
        throw new IllegalArgumentException("pauses from " + first + " to " + most);
      }
    }
  }

  /**
   * How many items came to which end.
   *
   * @param flushed got a final reply
   * @param pending have none yet
   * @param unknown were given up without one
   */
  public record Tally(long flushed, long pending, long unknown) {
    /** Both added up. */
    public Tally plus(Tally other) {
      return new Tally(flushed + other.flushed, pending + other.pending, unknown + other.unknown);
    }
  }

  private static final class Item<T, R> {
    private final T item;
    private final long number;
    private final Promise<Reply<R>> reply = Promise.promise();
    private @Nullable Reply<R> last; // event loop only
    private boolean everUnknown; // event loop only

    Item(T item, long number) {
      this.item = item;
      this.number = number;
    }
  }

  /** Somebody waits for the items whose number is below {@code bound}. */
  private static final class Flush {
    private final long bound;
    private final Promise<Tally> done = Promise.promise();
    private long awaited; // event loop only
    private long flushed; // event loop only
    private long unknown; // event loop only

    Flush(long bound, long awaited) {
      this.bound = bound;
      this.awaited = awaited;
    }

    /** One item came to its end; whether it was the last. */
    boolean counted(boolean isFinal) {
      if (isFinal) {
        flushed++;
      } else {
        unknown++;
      }
      return --awaited == 0;
    }
  }

  /** Makes a batcher for one destination. */
  public ResendingBatcher(
      Loop loop, BatcherLimits limits, Pauses pauses, Destination<T, R> destination) {
    this.loop = loop;
    this.destination = destination;
    this.pauses = pauses;
    this.pause = pauses.first();
    this.batcher = new Batcher<>(loop, limits, destination::send);
  }

  /**
   * Sends an item with the turn's batch. The future completes with its final reply, or with its
   * last one where it was given up or is not wanted any more; unknown then, if any of its replies
   * was. It never fails.
   */
  public Future<Reply<R>> submit(T item) {
    assert loop.inLoop();
    Item<T, R> added = new Item<>(item, submitted++);
    send(added);
    return added.reply.future();
  }

  private void send(Item<T, R> item) {
    batcher.submit(item.item).onSuccess(reply -> replied(item, reply));
  }

  private void replied(Item<T, R> item, Reply<R> reply) {
    boolean first = item.last == null;
    item.last = reply;
    item.everUnknown |= reply.isUnknown();
    if (reply.isOk() || destination.isFinal(reply)) {
      flushed++;
      settle(item, reply, first);
    } else if (givingUp || !destination.isWanted(item.item)) {
      giveUp(item, reply, first);
    } else {
      waiting.add(item);
      schedule();
      Throwable cause = reply.cause();
      if (first && ++resending == 1 && cause != null) {
        destination.resendingBegins(cause);
      }
    }
  }

  private void giveUp(Item<T, R> item, Reply<R> reply, boolean first) {
    unknown++;
    Throwable cause = reply.cause();
    settle(item, item.everUnknown && cause != null ? Reply.unknown(cause) : reply, first);
  }

  private void settle(Item<T, R> item, Reply<R> reply, boolean first) {
    if (!first && --resending == 0) {
      pause = pauses.first();
      destination.resendingEnds();
    }
    item.reply.complete(reply);
    if (!flushes.isEmpty()) {
      boolean isFinal = reply.isOk() || destination.isFinal(reply);
      for (Flush flush : List.copyOf(flushes)) {
        if (item.number < flush.bound && flush.counted(isFinal)) {
          flushes.remove(flush);
          flush.done.complete(new Tally(flush.flushed, 0, flush.unknown));
        }
      }
    }
  }

  private void schedule() {
    if (timer == null) {
      long half = pause.toNanos() / 2;
      timer = loop.after(Duration.ofNanos(half + loop.random().nextLong(half + 1)), this::again);
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(pauses.most()) < 0 ? twice : pauses.most();
    }
  }

  private void again() {
    timer = null;
    for (Item<T, R> item : takeWaiting()) {
      Reply<R> last = item.last;
      if (last != null && !destination.isWanted(item.item)) {
        giveUp(item, last, false);
      } else {
        send(item);
      }
    }
  }

  private List<Item<T, R>> takeWaiting() {
    List<Item<T, R>> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  /**
   * Sends nothing again from now on: what waits completes with its last reply at once, what is
   * under way with its next one. New items are still sent, once.
   */
  public void stopResending() {
    assert loop.inLoop();
    givingUp = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    for (Item<T, R> item : takeWaiting()) {
      Reply<R> last = item.last;
      if (last != null) {
        giveUp(item, last, false);
      }
    }
  }

  /** Items without a final reply, that were not given up. */
  public int pending() {
    return (int) (submitted - flushed - unknown);
  }

  /** Whether items are being sent again now: the destination does not answer as it should. */
  public boolean isResending() {
    return resending > 0;
  }

  /** All items so far. */
  public Tally tally() {
    return new Tally(flushed, pending(), unknown);
  }

  /**
   * Completes when everything submitted so far has a final reply or was given up, with how many did
   * what; never fails. Without {@link #stopResending} it may never complete.
   */
  public Future<Tally> flush() {
    assert loop.inLoop();
    if (pending() == 0) {
      return Future.succeededFuture(new Tally(0, 0, 0));
    }
    Flush flush = new Flush(submitted, pending());
    flushes.add(flush);
    return flush.done.future();
  }
}
