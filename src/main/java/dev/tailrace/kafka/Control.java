package dev.tailrace.kafka;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * A call of the native client, made on the poll thread. It may be made a second time where a wakeup
 * hit the first.
 *
 * @param <T> what it answers
 */
@FunctionalInterface
interface Control<T> {
  /**
   * Makes the call.
   *
   * @param limit how long it may block
   */
  T call(Consumer<byte[], byte[]> client, Duration limit);
}
