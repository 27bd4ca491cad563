package dev.tailrace.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The ids of topics, which tell a topic from one of the same name that was made after it was
 * deleted. Asked on the poll thread, and blocks.
 */
interface TopicLookup {
  /** Nobody knows. */
  TopicLookup UNKNOWN = (topics, limit) -> Map.of();

  /**
   * Asks the brokers.
   *
   * @param limit how long at most
   * @return of each topic that they tell of
   * @throws org.apache.kafka.common.KafkaException where they do not answer
   */
  Map<String, UUID> ids(Set<String> topics, Duration limit);
}
