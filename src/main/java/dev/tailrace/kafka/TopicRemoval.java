package dev.tailrace.kafka;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Deletes a topic. */
final class TopicRemoval {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private TopicRemoval() {}

  /** Completes when the brokers have agreed; one that is not there is fine. On any thread. */
  static Future<Void> remove(KafkaClientConfig client, String topic) {
    Admin admin = Admin.create(ClientKeys.ofAdmin(client));
    return Future.fromCompletionStage(admin.deleteTopics(List.of(topic)).all().toCompletionStage())
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                failure instanceof UnknownTopicOrPartitionException
                        || failure.getCause() instanceof UnknownTopicOrPartitionException
                    ? Future.succeededFuture()
                    : Future.failedFuture(failure))
        .onComplete(done -> admin.close(Duration.ZERO));
  }
}
