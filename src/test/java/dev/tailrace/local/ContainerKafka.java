package dev.tailrace.local;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.kafka.KafkaContainer;

/** The official image of the broker. */
final class ContainerKafka extends ContainerProcess implements KafkaBroker {
  private static final String IMAGE = "apache/kafka:4.3.1";
  private static final int INSIDE = 9092;

  /** What the container runs at each start, as testcontainers have written it at the first. */
  private static final String STARTER = "/tmp/testcontainers_start.sh";

  /**
   * Starts the broker with the settings of its first start. The image's own script would set the
   * folders up once more, which only some versions of it allow.
   */
  private static final String START_AGAIN =
      """
      #!/bin/bash
      exec java -Xmx512m -cp '/opt/kafka/libs/*' kafka.Kafka /opt/kafka/config/server.properties
      """;

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
            .withEnv("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "200")
            .withEnv("KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    bind(container, port, INSIDE);
    container.start();
    return new ContainerKafka(container, port);
  }

  @Override
  public String bootstrap() {
    return host() + ":" + port;
  }

  @Override
  void prepareRestart(GenericContainer<?> stopped) {
    stopped.copyFileToContainer(Transferable.of(START_AGAIN, 0777), STARTER);
  }

  @Override
  boolean answers() {
    return Probe.kafka(host(), port, administrator());
  }
}
