package dev.tailrace.kafka;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The replies to one batch, given one by one by whichever thread has them; the last one completes
 * them all, in one turn of the loop. Thread-safe.
 *
 * @param <T> what is replied
 */
final class PendingReplies<T> {
  private final Executor loop;
  private final AtomicReferenceArray<@Nullable Reply<T>> answers;
  private final AtomicInteger missing;
  private final Promise<List<Reply<T>>> replies = Promise.promise();

  /**
   * Awaits as many replies.
   *
   * @param size above zero
   */
  PendingReplies(Executor loop, int size) {
    this.loop = loop;
    this.answers = new AtomicReferenceArray<>(size);
    this.missing = new AtomicInteger(size);
  }

  /** All of them, in order; completes in a turn of the loop, and never fails. */
  Future<List<Reply<T>>> all() {
    return replies.future();
  }

  /** One is there; called once for each. */
  void answer(int index, Reply<T> reply) {
    answers.set(index, reply);
    if (missing.decrementAndGet() == 0) {
      loop.execute(() -> giveUp(reply));
    }
  }

  /** Whoever is missing now has this reply; nothing where all were there before. In a turn. */
  void giveUp(Reply<T> whereMissing) {
    List<Reply<T>> all = new ArrayList<>(answers.length());
    for (int i = 0; i < answers.length(); i++) {
      Reply<T> answer = answers.get(i);
      all.add(answer == null ? whereMissing : answer);
    }
    replies.tryComplete(all);
  }
}
