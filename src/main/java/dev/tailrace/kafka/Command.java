package dev.tailrace.kafka;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A control on its way through the queue, with its deadline and its reply.
 *
 * @param <T> what it answers
 */
final class Command<T> {
  /** One call blocks no longer than this: meanwhile no records come. */
  static final Duration CALL_LIMIT = Duration.ofSeconds(3);

  private final Control<T> control;
  private final long deadlineNanos;
  private final Executor loop;
  private final BooleanSupplier closed;
  private final Promise<Reply<T>> promise = Promise.promise();
  private @Nullable RuntimeException deferral; // poll thread only

  Command(Control<T> control, long deadlineNanos, Executor loop, BooleanSupplier closed) {
    this.control = control;
    this.deadlineNanos = deadlineNanos;
    this.loop = loop;
    this.closed = closed;
  }

  /** Completes on the loop, and never fails. */
  Future<Reply<T>> reply() {
    return promise.future();
  }

  /**
   * Makes the call. Poll thread.
   *
   * @param untilNanos when the thread is needed elsewhere
   * @param last whether nothing comes after this: then a deferral is a failure
   * @return false where the group is in a rebalance, which the client refuses commits in: to be run
   *     again after the next poll
   */
  boolean run(Consumer<byte[], byte[]> client, long untilNanos, boolean last) {
    long now = System.nanoTime();
    long left = Math.min(deadlineNanos - now, untilNanos - now);
    if (left <= 0) {
      RuntimeException late = deferral;
      refuse(late != null ? late : new IllegalStateException("not begun within its time"));
      return true;
    }
    Duration limit = Duration.ofNanos(Math.min(left, CALL_LIMIT.toNanos()));
    try {
      answer(Reply.ok(call(client, limit)));
    } catch (RebalanceInProgressException rebalance) {
      if (!last) {
        deferral = rebalance;
        return false;
      }
      refuse(rebalance);
    } catch (RuntimeException failure) {
      answer(KafkaErrors.reply(failure));
    }
    return true;
  }

  private T call(Consumer<byte[], byte[]> client, Duration limit) {
    try {
      return control.call(client, limit);
    } catch (WakeupException late) {
      if (closed.getAsBoolean()) {
        throw late; // meant for this call: nobody waits for its answer any more
      }
      // Meant for a poll that ended by itself; all calls may be made twice.
      return control.call(client, limit);
    }
  }

  /** It was not carried out. */
  void refuse(RuntimeException why) {
    answer(Reply.failed(why));
  }

  private void answer(Reply<T> reply) {
    loop.execute(() -> promise.complete(reply));
  }
}
