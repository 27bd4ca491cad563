package dev.tailrace.kafka;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Workers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
 * question. Thread-safe: the event loop asks as well as the poll thread.
 */
final class TopicIds implements TopicLookup {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final Workers WORKERS = new Workers("tailrace-kafka-watch", 2);
  private static final UUID NO_ID = uuid(Uuid.ZERO_UUID);
  private static final Logger LOG = LoggerFactory.getLogger(TopicIds.class);

  private final Loop loop;
  private final KafkaClientConfig brokers;
  private @Nullable Admin admin; // guarded by this; null before the first question
  private boolean closed; // guarded by this

  TopicIds(Loop loop, KafkaClientConfig brokers) {
    this.loop = loop;
    this.brokers = brokers;
  }

  /**
   * The ids of topics: empty of those that are not there, and nothing of those nobody told of.
   * Completes within {@link #ANSWER_LIMIT} of the connection, on a thread of the client; fails
   * where there is no connection. For the event loop.
   */
  Future<Map<String, Optional<UUID>>> of(Set<String> topics) {
    return loop.offload(WORKERS, () -> ask(connected(), topics, ANSWER_LIMIT))
        .future()
        .compose(Future::fromCompletionStage);
  }

  @Override
  public Map<String, UUID> ids(Set<String> topics, Duration limit) {
    Map<String, UUID> ids = new HashMap<>();
    AdminAnswer.of(ask(connected(), topics, limit), limit)
        .forEach(
            (topic, found) ->
                found
                    .filter(id -> !id.equals(NO_ID)) // of a broker that has none
                    .ifPresent(id -> ids.put(topic, id)));
    return ids;
  }

  private static UUID uuid(Uuid id) {
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  /** Blocks while it looks for the brokers' addresses. */
  private synchronized Admin connected() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Admin made = admin == null ? Admin.create(ClientKeys.ofAdmin(brokers)) : admin;
    admin = made;
    return made;
  }

  private static CompletableFuture<Map<String, Optional<UUID>>> ask(
      Admin client, Set<String> topics, Duration limit) {
    Map<String, Optional<UUID>> found = new ConcurrentHashMap<>();
    DescribeTopicsOptions options =
        new DescribeTopicsOptions().timeoutMs(Math.toIntExact(limit.toMillis()));
    Map<String, KafkaFuture<TopicDescription>> asked =
        client.describeTopics(topics, options).topicNameValues();
    return CompletableFuture.allOf(
            asked.entrySet().stream()
                .map(topic -> answer(topic.getKey(), topic.getValue(), found))
                .toArray(CompletableFuture[]::new))
        .thenApply(all -> Map.copyOf(found));
  }

  private static CompletableFuture<?> answer(
      String topic, KafkaFuture<TopicDescription> asked, Map<String, Optional<UUID>> found) {
    return asked
        .toCompletionStage()
        .handle(
            (description, failure) -> {
              if (description != null) {
                found.put(topic, Optional.of(uuid(description.topicId())));
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

  /** Ends the client, if there is one; never fails, twice is fine. For the event loop. */
  Future<Void> close() {
    return loop.offload(WORKERS, this::end).future().otherwise(false).mapEmpty();
  }

  private synchronized Boolean end() {
    closed = true;
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
    return true;
  }
}
