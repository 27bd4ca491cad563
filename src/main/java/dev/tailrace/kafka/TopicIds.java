package dev.tailrace.kafka;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Workers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers for the ids of topics, with a client of its own, which is made at the first
 * question. Event loop only.
 */
final class TopicIds {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final Workers WORKERS = new Workers("tailrace-kafka-watch", 2);
  private static final Logger LOG = LoggerFactory.getLogger(TopicIds.class);

  private final Loop loop;
  private final KafkaClientConfig brokers;
  private @Nullable Future<Admin> admin; // event loop only; null before the first question

  TopicIds(Loop loop, KafkaClientConfig brokers) {
    this.loop = loop;
    this.brokers = brokers;
  }

  /**
   * The ids of topics: empty of those that are not there, and nothing of those nobody told of.
   * Completes within {@link #ANSWER_LIMIT} of the connection, on a thread of the client; fails
   * where there is no connection.
   */
  Future<Map<String, Optional<Uuid>>> of(Set<String> topics) {
    return connected().compose(client -> Future.fromCompletionStage(ask(client, topics)));
  }

  private Future<Admin> connected() {
    Future<Admin> known = admin;
    if (known == null || known.failed()) {
      known = loop.offload(WORKERS, () -> Admin.create(ClientKeys.ofAdmin(brokers))).future();
      admin = known;
    }
    return known;
  }

  private static CompletableFuture<Map<String, Optional<Uuid>>> ask(
      Admin client, Set<String> topics) {
    Map<String, Optional<Uuid>> found = new ConcurrentHashMap<>();
    DescribeTopicsOptions options =
        new DescribeTopicsOptions().timeoutMs(Math.toIntExact(ANSWER_LIMIT.toMillis()));
    Map<String, KafkaFuture<TopicDescription>> asked =
        client.describeTopics(topics, options).topicNameValues();
    return CompletableFuture.allOf(
            asked.entrySet().stream()
                .map(topic -> answer(topic.getKey(), topic.getValue(), found))
                .toArray(CompletableFuture[]::new))
        .thenApply(all -> Map.copyOf(found));
  }

  private static CompletableFuture<?> answer(
      String topic, KafkaFuture<TopicDescription> asked, Map<String, Optional<Uuid>> found) {
    return asked
        .toCompletionStage()
        .handle(
            (description, failure) -> {
              if (description != null) {
                found.put(topic, Optional.of(description.topicId()));
              } else if (isMissing(failure)) {
                found.put(topic, Optional.empty());
              } else {
                LOG.debug("topic {} is not told of", topic, failure);
              }
              return found;
            })
        .toCompletableFuture();
  }

  private static boolean isMissing(Throwable failure) {
    return failure instanceof UnknownTopicOrPartitionException
        || failure.getCause() instanceof UnknownTopicOrPartitionException;
  }

  /** Ends the client, if there is one; never fails, twice is fine. */
  Future<Void> close() {
    Future<Admin> known = admin;
    if (known == null) {
      return Future.succeededFuture();
    }
    return known.transform(
        made ->
            made.failed()
                ? Future.succeededFuture()
                : loop.offload(WORKERS, () -> closed(made.result()))
                    .future()
                    .otherwise(false)
                    .mapEmpty());
  }

  private static Boolean closed(Admin client) {
    client.close(Duration.ZERO);
    return true;
  }
}
