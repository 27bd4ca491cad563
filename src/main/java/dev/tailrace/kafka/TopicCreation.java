package dev.tailrace.kafka;

import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates a topic, replicated as the brokers have it by default. */
final class TopicCreation {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);

  private TopicCreation() {}

  /**
   * Creates topics with the partitions and replicas that the brokers have by default; one that is
   * there already is fine. Blocks: for a worker.
   *
   * @throws UnfitException where this user may not
   */
  static void createNow(KafkaClientConfig client, Collection<String> topics, Duration limit) {
    if (topics.isEmpty()) {
      return;
    }
    Admin admin = Admin.create(ClientKeys.ofAdmin(client));
    try {
      for (String topic : topics) {
        createNow(admin, topic, limit);
      }
    } catch (AuthorizationException refused) {
      throw new UnfitException(
          "kafka %s: missing-topics is create, and this user lacks CREATE of the topics %s"
              .formatted(client.bootstrap(), topics),
          refused);
    } finally {
      admin.close(Duration.ZERO); // without a limit it waits for a silent broker
    }
  }

  private static void createNow(Admin admin, String topic, Duration limit) {
    NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty());
    try {
      AdminAnswer.of(admin.createTopics(List.of(wanted)).all(), limit);
      LOG.atInfo().addKeyValue("topic", topic).log("created, since it was missing");
    } catch (TopicExistsException there) {
      LOG.debug("somebody else was faster", there);
    }
  }

  /** Completes when the topic is there and the broker shows it, on any thread. */
  static Future<Void> create(KafkaClientConfig client, String topic, int partitions) {
    Admin admin = Admin.create(ClientKeys.ofAdmin(client));
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    return Future.fromCompletionStage(admin.createTopics(List.of(wanted)).all().toCompletionStage())
        .recover(failure -> fineIf(TopicExistsException.class, failure))
        .compose(there -> shown(admin, topic, LIMIT.dividedBy(PAUSE)))
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> admin.close(Duration.ZERO));
  }

  /**
   * A broker may learn of a topic after the controller has said that it is there.
   *
   * @param looks at most
   */
  static Future<Void> shown(Admin admin, String topic, long looks) {
    return Future.fromCompletionStage(
            admin.describeTopics(List.of(topic)).allTopicNames().toCompletionStage())
        .<Void>mapEmpty()
        .recover(
            failure ->
                looks <= 1
                    ? Future.failedFuture(failure)
                    : fineIf(UnknownTopicOrPartitionException.class, failure)
                        .compose(unknown -> pause())
                        .compose(over -> shown(admin, topic, looks - 1)));
  }

  private static Future<Void> pause() {
    Executor later = CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    return Future.fromCompletionStage(CompletableFuture.runAsync(() -> {}, later));
  }

  /** Succeeded where that is what went wrong. */
  private static Future<Void> fineIf(Class<? extends Exception> fine, Throwable failure) {
    return fine.isInstance(failure) || fine.isInstance(failure.getCause())
        ? Future.succeededFuture()
        : Future.failedFuture(failure);
  }
}
