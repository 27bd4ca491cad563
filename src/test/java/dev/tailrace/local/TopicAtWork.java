package dev.tailrace.local;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Brings a topic to work on a broker that may be slow, busy or just back: what it does not answer
 * is asked again, so that a creation whose answer was lost counts as one.
 */
final class TopicAtWork {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int REQUEST_MILLIS = 15_000;

  private final KafkaBroker broker;
  private final String name;
  private final int partitions;
  private final Map<String, String> settings;

  // Awaitility asks from one thread after the other.
  private volatile @Nullable Uuid created;
  private volatile @Nullable Boolean before; // whether the name was taken at first
  private volatile @Nullable Throwable last;

  TopicAtWork(KafkaBroker broker, String name, int partitions, Map<String, String> settings) {
    this.broker = broker;
    this.name = name;
    this.partitions = partitions;
    this.settings = settings;
  }

  /**
   * Creates the topic; done when the leaders of its partitions answer.
   *
   * @throws IllegalStateException with the broker's reason in its message
   */
  void create() {
    Map<String, Object> client = new HashMap<>(broker.administrator());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    try (Admin admin = Admin.create(client)) {
      Awaitility.await("topic " + name)
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> (created != null || creates(admin)) && works(admin));
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(reason(), e);
    }
  }

  private boolean creates(Admin admin) throws InterruptedException {
    if (before == null && !looks(admin)) {
      return false;
    }
    NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
    try {
      created = admin.createTopics(List.of(topic.configs(settings))).topicId(name).get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException && Boolean.FALSE.equals(before)) {
        created = Uuid.ZERO_UUID; // by a request whose answer was lost: its id is not known
        return true;
      }
      return postpone(e);
    }
  }

  private boolean looks(Admin admin) throws InterruptedException {
    try {
      before = admin.listTopics().names().get().contains(name);
      return true;
    } catch (ExecutionException e) {
      return postpone(e);
    }
  }

  /**
   * Whether the broker knows this topic, not an earlier one of its name, and leads it. Only a
   * leader answers for its end: before, a producer with several requests under way may stall.
   */
  private boolean works(Admin admin) throws InterruptedException {
    try {
      boolean known =
          Uuid.ZERO_UUID.equals(created)
              || admin.describeTopics(List.of(name)).allTopicNames().get().values().stream()
                  .anyMatch(found -> found.topicId().equals(created));
      if (!known) {
        return false;
      }
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
      }
      return admin.listOffsets(ends).all().get().size() == partitions;
    } catch (ExecutionException e) {
      return postpone(e);
    }
  }

  /**
   * False where asking again may help: the answer is unknown, late, or that of a broker's start.
   */
  private boolean postpone(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    last = cause;
    boolean passes =
        cause instanceof RetriableException
            // what a controller says whose brokers are all fenced
            || cause instanceof InvalidReplicationFactorException;
    if (!passes) {
      throw new IllegalStateException(reason(), cause);
    }
    return false;
  }

  private String reason() {
    Throwable failure = last;
    // a time-out hides what it waited for
    Throwable cause = failure == null ? null : failure.getCause();
    return "cannot create topic %s on %s: %s%s"
        .formatted(name, broker.bootstrap(), failure, cause == null ? "" : ", after " + cause);
  }
}
