package dev.tailrace.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Coalesces what is submitted in one turn of a loop into one request per destination: the first
 * item of a turn schedules a send at the turn's end, and what came until then goes along.
 *
 * <p>Belongs to its loop. At most {@code maxInFlight} requests are under way; what comes meanwhile
 * waits and forms the next, larger batches. The queue is bounded by what its callers may have in
 * flight: each waits for its reply, and each holds a permit. Batches leave in the order of their
 * items; where several are under way their answers may come in any order.
 *
 * @param <T> what is submitted
 * @param <R> what is answered for each
 */
public final class Batcher<T, R> {
  private final Loop loop;
  private final BatcherLimits limits;
  private final Function<List<T>, Future<List<Reply<R>>>> send;

  private final ArrayDeque<Pending<T, R>> queue = new ArrayDeque<>(); // event loop only
  private boolean scheduled; // event loop only
  private int requests; // event loop only
  private long submitted; // event loop only
  private int unanswered; // event loop only
  private final List<Flush> flushes = new ArrayList<>(); // event loop only

  private record Pending<T, R>(T item, long number, Promise<Reply<R>> reply) {}

  /** Somebody waits for the items whose number is below {@code bound}. */
  private static final class Flush {
    private final long bound;
    private final Promise<Void> flushed = Promise.promise();
    private int awaited; // event loop only

    Flush(long bound, int awaited) {
      this.bound = bound;
      this.awaited = awaited;
    }
  }

  /**
   * The bounds of a batcher.
   *
   * @param maxItems the most items one request carries, at least 1
   * @param maxInFlight the most requests under way at once, at least 1
   */
  public record BatcherLimits(int maxItems, int maxInFlight) {
    /** Refuses limits below 1. */
    public BatcherLimits {
      if (maxItems < 1 || maxInFlight < 1) {
        throw new IllegalArgumentException("limits must be at least 1");
      }
    }
  }

  /**
   * Makes a batcher.
   *
   * @param send carries out one request; answers in the order of its items. Where it throws, fails
   *     or answers with another length, every reply of the batch is unknown
   */
  public Batcher(Loop loop, BatcherLimits limits, Function<List<T>, Future<List<Reply<R>>>> send) {
    this.loop = loop;
    this.limits = limits;
    this.send = send;
  }

  /** Adds an item to the turn's batch; the future completes with its reply, and never fails. */
  public Future<Reply<R>> submit(T item) {
    assert loop.inLoop();
    Promise<Reply<R>> reply = Promise.promise();
    queue.add(new Pending<>(item, submitted++, reply));
    unanswered++;
    schedule();
    return reply.future();
  }

  /** Items submitted and not answered yet. */
  public int pending() {
    return unanswered;
  }

  /**
   * Completes when everything submitted so far has been answered, whatever is submitted meanwhile;
   * never fails.
   */
  public Future<Void> flush() {
    assert loop.inLoop();
    if (unanswered == 0) {
      return Future.succeededFuture();
    }
    Flush flush = new Flush(submitted, unanswered);
    flushes.add(flush);
    return flush.flushed.future();
  }

  private void schedule() {
    if (!scheduled && requests < limits.maxInFlight()) {
      scheduled = true;
      loop.execute(this::sendDue);
    }
  }

  private void sendDue() {
    scheduled = false;
    while (!queue.isEmpty() && requests < limits.maxInFlight()) {
      sendOne();
    }
  }

  private void sendOne() {
    int size = Math.min(queue.size(), limits.maxItems());
    List<Pending<T, R>> batch = new ArrayList<>(size);
    List<T> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Pending<T, R> next = queue.remove();
      batch.add(next);
      items.add(next.item());
    }
    requests++;
    request(items)
        .onComplete(
            answer ->
                loop.execute(
                    () -> {
                      requests--;
                      answered(batch, answer.result(), answer.cause());
                    }));
  }

  private Future<List<Reply<R>>> request(List<T> items) {
    try {
      return Objects.requireNonNull(send.apply(items), "no answer to a request");
    } catch (RuntimeException | Error failure) { // or the callers would wait for ever
      return Future.failedFuture(failure);
    }
  }

  private void answered(
      List<Pending<T, R>> batch, @Nullable List<Reply<R>> replies, @Nullable Throwable failure) {
    unanswered -= batch.size();
    if (!queue.isEmpty()) {
      schedule();
    }
    List<Reply<R>> each = replies;
    if (each == null || each.size() != batch.size()) {
      Throwable cause =
          failure != null ? failure : new IllegalStateException("answer of another length");
      each = Collections.nCopies(batch.size(), Reply.unknown(cause));
    }
    Faults faults = new Faults();
    for (int i = 0; i < batch.size(); i++) {
      Pending<T, R> item = batch.get(i);
      Reply<R> reply = each.get(i);
      faults.collect(() -> item.reply().complete(reply));
    }
    flushed(batch, faults);
    faults.rethrow();
  }

  private void flushed(List<Pending<T, R>> batch, Faults faults) {
    if (flushes.isEmpty()) {
      return;
    }
    for (Flush flush : List.copyOf(flushes)) {
      for (Pending<T, R> item : batch) {
        if (item.number() < flush.bound) {
          flush.awaited--;
        }
      }
      if (flush.awaited == 0) {
        flushes.remove(flush);
        faults.collect(flush.flushed::complete);
      }
    }
  }

  /** What listeners throw: one that does must not keep the others from their replies. */
  private static final class Faults {
    private @Nullable Throwable first; // event loop only

    void collect(Runnable listeners) {
      try {
        listeners.run();
      } catch (RuntimeException | Error thrown) {
        if (first == null) {
          first = thrown;
        } else if (first != thrown) {
          first.addSuppressed(thrown);
        }
      }
    }

    /** Gives the first to the loop, which reports it. */
    void rethrow() {
      if (first instanceof Error error) {
        throw error;
      }
      if (first instanceof RuntimeException exception) {
        throw exception;
      }
    }
  }
}
