package dev.tailrace.local;

import java.nio.file.Path;
import java.util.List;

/** A real broker in KRaft mode, one node, in a JVM of its own on the class path of the tests. */
public final class LocalKafka extends LocalProcess implements KafkaBroker {
  private final int port;

  private LocalKafka(Path data, int port) {
    super("Kafka on port " + port, data, command(data, port, freePort()));
    this.port = port;
  }

  /** A running broker on a free port. */
  public static LocalKafka start() {
    return launched(() -> new LocalKafka(newFolder("tailrace-kafka-"), freePort()));
  }

  @Override
  public String bootstrap() {
    return HOST + ":" + port;
  }

  @Override
  boolean answers() {
    return Probe.kafka(HOST, port);
  }

  private static List<String> command(Path data, int port, int controllerPort) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-Dlog4j2.configurationFile=classpath:dev/tailrace/local/quiet-log4j2.xml",
        "-cp",
        TestClassPath.joined(),
        LocalKafkaMain.class.getName(),
        data.toString(),
        Integer.toString(port),
        Integer.toString(controllerPort));
  }
}
