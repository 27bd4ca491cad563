package dev.tailrace.kafka;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates a topic, replicated as the brokers have it by default. */
final class TopicCreation {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private TopicCreation() {}

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
