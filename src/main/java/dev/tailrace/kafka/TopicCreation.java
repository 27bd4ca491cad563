package dev.tailrace.kafka;

import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates a topic, replicated as the brokers have it by default. */
final class TopicCreation {
  private static final Duration LIMIT = Duration.ofSeconds(10);

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

  /** Completes when the topic is there, on a thread of the client's own. */
  static Future<Void> create(KafkaClientConfig client, String topic, int partitions) {
    Admin admin = Admin.create(ClientKeys.ofAdmin(client));
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    return Future.fromCompletionStage(admin.createTopics(List.of(wanted)).all().toCompletionStage())
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                failure instanceof TopicExistsException
                        || failure.getCause() instanceof TopicExistsException
                    ? Future.succeededFuture()
                    : Future.failedFuture(failure))
        .onComplete(done -> admin.close(Duration.ZERO));
  }
}
