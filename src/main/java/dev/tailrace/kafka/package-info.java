/**
 * All that knows Kafka: a source whose poll thread obeys a control queue ({@link
 * dev.tailrace.kafka.KafkaSource}), a sink, and their settings. What the client cannot promise by
 * itself (commits within the poll, revocation that waits for running work, bounded closing) is
 * added below the stream of vertx-kafka-client, by decorating the consumer that it polls. What
 * happens on the loop and knows no client is {@link dev.tailrace.source.OwnedPartitions}.
 */
@NullMarked
package dev.tailrace.kafka;

import org.jspecify.annotations.NullMarked;
