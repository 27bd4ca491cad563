package dev.tailrace.kafka;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.message.Origin;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;
import java.util.Optional;

/**
 * {@code dead-letter: {kafka: orders.dlq}}: a topic of the brokers in the section {@code kafka}.
 */
public final class KafkaSinkType implements SinkType {
  @Override
  public String type() {
    return "kafka";
  }

  @Override
  public String destinationKey() {
    return "topic";
  }

  @Override
  public Fragment fragment() {
    return Fragment.single(
        type(), destinationKey(), "The topic that the messages go to; it is not created");
  }

  @Override
  public SinkFactory read(String destination, ConfigSection root) throws ConfigException {
    return new KafkaSinkFactory(KafkaClientConfig.read(root), destination);
  }

  /** Missing topics are treated as those of the source. */
  @Override
  public SinkFactory retryTier(String name, ConfigSection source, ConfigSection root)
      throws ConfigException {
    return new KafkaSinkFactory(
        KafkaClientConfig.read(root), name, source.choice("missing-topics", MissingTopics.class));
  }

  /** {@code orders/2@57} came from {@code orders}. */
  @Override
  public Optional<String> nameOf(Origin origin) {
    int slash = origin.source().lastIndexOf('/');
    return origin.minor() != Origin.OFFSET || slash < 0
        ? Optional.empty()
        : Optional.of(origin.source().substring(0, slash));
  }
}
