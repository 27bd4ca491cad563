package dev.tailrace.local;

import org.testcontainers.kafka.KafkaContainer;

/** The official image of the broker. */
final class ContainerKafka extends ContainerProcess implements KafkaBroker {
  private static final String IMAGE = "apache/kafka:4.3.1";
  private static final int INSIDE = 9092;

  private final int port;

  private ContainerKafka(KafkaContainer container, int port) {
    super(container);
    this.port = port;
  }

  static ContainerKafka start() {
    int port = LocalProcess.freePort();
    KafkaContainer container =
        new KafkaContainer(IMAGE)
            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "4")
            .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
            .withEnv("KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "1000")
            .withEnv("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "200");
    bind(container, port, INSIDE);
    container.start();
    return new ContainerKafka(container, port);
  }

  @Override
  public String bootstrap() {
    return host() + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.kafka(host(), port);
  }
}
