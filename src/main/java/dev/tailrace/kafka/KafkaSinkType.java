package dev.tailrace.kafka;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;

/**
 * {@code dead-letter: {kafka: orders.dlq}}: a topic of the brokers in the section {@code kafka}.
 */
public final class KafkaSinkType implements SinkType {
  /** The key that the short form stands for: the topic. */
  public static final String TOPIC = "topic";

  @Override
  public String type() {
    return "kafka";
  }

  /** The schema of its section: a topic, which may be written in place of the section. */
  public static Fragment fragment() {
    ObjectSchema schema =
        ObjectSchema.builder()
            .text(TOPIC, null, "The topic; it is not created")
            .required(TOPIC)
            .example(TOPIC, "orders.dlq")
            .shorthand(TOPIC)
            .build();
    return new Fragment("kafka", schema);
  }

  @Override
  public SinkFactory read(String destination, ConfigSection root) throws ConfigException {
    return new KafkaSinkFactory(KafkaClientConfig.read(root), destination);
  }
}
