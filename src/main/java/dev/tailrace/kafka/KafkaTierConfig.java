package dev.tailrace.kafka;

import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.TierConfig;
import dev.tailrace.source.Until;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * A topic in which messages of a pipeline wait for later attempts. It is read by a group of its
 * own, of the topic's name, from its beginning: nothing that was moved there may be passed over.
 *
 * @param reading the topic, and how it is read
 */
record KafkaTierConfig(KafkaSourceConfig reading) implements TierConfig {
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  /**
   * The tier of a source, with as many members in this process as that has.
   *
   * @throws IllegalArgumentException where no topic may have this name
   */
  static KafkaTierConfig of(KafkaSourceConfig source, String topic) {
    if (!TOPIC.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "'"
              + topic
              + "' is no name of a topic; allowed: 1 to 249 of a-z, A-Z, 0-9, '.', _ and -");
    }
    return new KafkaTierConfig(
        source
            .withSubscription(
                Subscription.topics(Set.of(topic)).whenMissing(source.subscription().missing()))
            .withMembership(source.membership().inGroup(topic))
            .withStart(StartPosition.earliest())
            .withUntil(Until.STOP));
  }

  @Override
  public Source source(SourceEnvironment environment) {
    return new KafkaSource(
        Vertx.currentContext().owner(), environment, reading, RecordForm.RETRY, KafkaConsumer::new);
  }
}
