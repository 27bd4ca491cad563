package dev.tailrace.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Coalesces what is submitted in one turn of a loop into one request per destination: the first
 * item of a turn schedules a send at the turn's end, and what came until then goes along.
 *
 * <p>Belongs to its loop. At most {@code maxInFlight} requests are under way; what comes meanwhile
 * waits and forms the next, larger batches. The queue is bounded by what its callers may have in
 * flight: each waits for its reply, and each holds a permit.
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
  private int unanswered; // event loop only
  private final List<Promise<Void>> flushes = new ArrayList<>(); // event loop only

  private record Pending<T, R>(T item, Promise<Reply<R>> reply) {}

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
   * @param send carries out one request; answers in the order of its items. A failed future, or an
   *     answer of another length, makes every reply of the batch unknown
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
    queue.add(new Pending<>(item, reply));
    unanswered++;
    schedule();
    return reply.future();
  }

  /** Items submitted and not answered yet. */
  public int pending() {
    return unanswered;
  }

  /** Completes when everything submitted so far, and meanwhile, has been answered. */
  public Future<Void> flush() {
    assert loop.inLoop();
    if (unanswered == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> flushed = Promise.promise();
    flushes.add(flushed);
    return flushed.future();
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
    Future<List<Reply<R>>> request;
    try {
      request = send.apply(items);
    } catch (RuntimeException failure) {
      request = Future.failedFuture(failure);
    }
    request.onComplete(
        answer ->
            loop.execute(
                () -> {
                  requests--;
                  answered(batch, answer.succeeded() ? answer.result() : null, answer.cause());
                }));
  }

  private void answered(
      List<Pending<T, R>> batch, @Nullable List<Reply<R>> replies, @Nullable Throwable failure) {
    unanswered -= batch.size();
    boolean complete = replies != null && replies.size() == batch.size();
    Throwable cause =
        failure != null ? failure : new IllegalStateException("answer of another length");
    for (int i = 0; i < batch.size(); i++) {
      batch
          .get(i)
          .reply()
          .complete(complete && replies != null ? replies.get(i) : Reply.unknown(cause));
    }
    if (!queue.isEmpty()) {
      schedule();
    }
    if (unanswered == 0) {
      List<Promise<Void>> done = List.copyOf(flushes);
      flushes.clear();
      done.forEach(Promise::complete);
    }
  }
}
