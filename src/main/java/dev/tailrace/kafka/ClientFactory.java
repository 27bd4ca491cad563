package dev.tailrace.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;

/** Makes native consumers; may block, as resolving the brokers' names does. */
@FunctionalInterface
interface ClientFactory {
  /** A consumer that is not subscribed yet. */
  Consumer<byte[], byte[]> create(Map<String, Object> settings);
}
