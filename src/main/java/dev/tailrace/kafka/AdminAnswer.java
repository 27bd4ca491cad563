package dev.tailrace.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;

/** The answer of an admin client, waited for. Blocks: for workers. */
final class AdminAnswer {
  private AdminAnswer() {}

  /**
   * Waits for the answer.
   *
   * @param limit how long at most
   * @throws KafkaException where the broker refuses, is silent, or the wait is interrupted
   */
  static <T> T of(KafkaFuture<T> question, Duration limit) {
    return of(question.toCompletionStage().toCompletableFuture(), limit);
  }

  /** As the other one. */
  static <T> T of(Future<T> question, Duration limit) {
    try {
      return question.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof KafkaException cause
          ? cause
          : new KafkaException("the broker's answer cannot be read", failure.getCause());
    } catch (java.util.concurrent.TimeoutException silent) {
      throw new TimeoutException("no answer within " + limit.toSeconds() + " s", silent);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", interrupted);
    }
  }
}
