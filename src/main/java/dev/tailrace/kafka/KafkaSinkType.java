package dev.tailrace.kafka;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;

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
}
